// From a graph with quantizers to the steps of a session. Each value may be had in three forms: as the graph has
// it, as int8 codes in the same order, as codes with the channels last. A form is made when a step asks for it.

import {
  consumersOf,
  type Graph,
  lowerQuantizer,
  type Node,
  type NodeOf,
  producersOf,
  runNode,
} from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import { type Tensor, tensor } from '@subbyte/tensor';
import { type ChooseOptions, chooseKernels, type KernelChoice } from './choose-kernels.ts';
import { constantsOf } from './constants.ts';
import { findLookup, type Lookup, lookupTable } from './find-lookup.ts';
import { findProducts, type Product } from './find-products.ts';
import { type ActivationGrid, gridTensors, sameGrid } from './grid.ts';
import { type LayerWeights, layerWeights } from './layer-weights.ts';
import { lowerProduct } from './lower-product.ts';
import { lowerWeightOnly } from './lower-weight-only.ts';
import type { ProductCall } from './product-call.ts';
import type { Program } from './program.ts';
import { createSteps, nameOf } from './steps.ts';

/** `value`: as the graph has it; `plain`: codes in the same order; `last`: codes, channels last. */
type Form = 'value' | 'plain' | 'last';

const toLast = { permutation: [0, 2, 3, 1] } as const;
const toFirst = { permutation: [0, 3, 1, 2] } as const;
const perTensor = { axis: 0, groupSize: 0 } as const;

/**
 * The steps that compute the outputs of `graph`, whose quantizers are `fakeQuantize` nodes.
 * @param packs whether matrix products whose weights alone are quantized run on packed weights.
 * @param forDevice whether the codes of weights are wanted whose layers stay in float32.
 * @throws RuntimeError for choices of kernels that there are not.
 */
export function lower(
  graph: Graph,
  choose: ChooseOptions,
  packs = false,
  forDevice = false,
): Program {
  const constants = constantsOf(graph);
  const [producers, consumers] = [producersOf(graph), consumersOf(graph)];
  const products = findProducts(graph, constants, producers, consumers);
  const order = new Map(graph.nodes.map((node, place) => [node, place]));
  const lookups = new Map<string, Lookup | undefined>();
  const made = new Map<string, string>();
  const calls: ProductCall[] = [];
  const weightCodes = new Map<string, LayerWeights | undefined>();
  let choices: ReadonlyMap<ProductCall, KernelChoice> = new Map();

  const { steps, pool, keep, emit } = createSteps();
  const layerOf = (value: string): string => producers.get(value)?.name ?? value;

  /** Scale and zero point of a grid as slots. */
  const gridSlots = (grid: ActivationGrid): readonly [string, string] => {
    const [scale, zeroPoint] = gridTensors(grid);
    return [keep(`scale ${grid.scale}`, scale), keep(`zero point ${grid.zeroPoint}`, zeroPoint)];
  };

  /** Adds a number: grids may have an offset. */
  const shift = (value: string, from: string, by: number, to: string): string =>
    emit(layerOf(value), 'add', [from, keep(`offset ${by}`, tensor([by], []))], to, ([x, offset]) =>
      kernels.add([x as Tensor, offset as Tensor], {}),
    );

  const quantize = (value: string, grid: ActivationGrid, floats: string): string => {
    const { offset } = grid;
    const from = offset === 0 ? floats : shift(value, floats, -offset, nameOf(value, 'moved'));
    return emit(
      layerOf(value),
      'quantizeLinear',
      [from, ...gridSlots(grid)],
      nameOf(value, 'plain'),
      ([x, scale, zeroPoint]) =>
        kernels.quantizeLinear([x as Tensor, scale as Tensor, zeroPoint], {
          ...{ dtype: 'int8', min: grid.min, max: grid.max },
          ...perTensor,
        }),
    );
  };

  const dequantize = (value: string, grid: ActivationGrid, from: string, to: string): string => {
    const { offset } = grid;
    const target = offset === 0 ? to : `${to}, not moved`;
    emit(
      layerOf(value),
      'dequantizeLinear',
      [from, ...gridSlots(grid)],
      target,
      ([x, scale, zero]) =>
        kernels.dequantizeLinear([x as Tensor, scale as Tensor, zero], perTensor),
    );
    return offset === 0 ? target : shift(value, target, offset, to);
  };

  const transpose = (
    value: string,
    from: string,
    to: string,
    options: { readonly permutation: readonly number[] },
  ): string =>
    emit(layerOf(value), 'transpose', [from], to, ([x]) =>
      kernels.transpose([x as Tensor], options),
    );

  /** The form in which a value comes into being. */
  const natural = (value: string): Form => {
    const product = products.productOf(value);
    if (product?.grid) return product.layer.node.op === 'conv2d' ? 'last' : 'plain';
    const producer = producers.get(value);
    if (!products.gridOf(value) || !producer) return 'value';
    const source = producer.inputs[0] as string;
    if (producer.op === 'fakeQuantize') {
      return natural(isAgain(producer) ? source : (lookupOf(value, producer)?.source ?? ''));
    }
    if (natural(source) === 'value') return 'value';
    return producer.op === 'maxPool2d' ? 'last' : 'plain';
  };

  /** Whether the quantizer finds every value where it would put it. */
  const isAgain = (node: NodeOf<'fakeQuantize'>): boolean => {
    const [before, after] = [node.inputs[0], node.outputs[0]].map((value) =>
      products.gridOf(value as string),
    );
    return before !== undefined && after !== undefined && sameGrid(before, after);
  };

  /** How codes of `value`, which is no product, follow from codes that are there anyway. */
  const lookupOf = (value: string, node: NodeOf<'fakeQuantize'>): Lookup | undefined => {
    if (!lookups.has(value)) {
      const { gridOf } = products;
      const found = findLookup(node, { producers, constants, order, gridOf });
      const hasCodes = found && natural(found.source) !== 'value';
      const isPlain = found && !gridOf(found.source)?.offset && !gridOf(value)?.offset;
      lookups.set(value, hasCodes && isPlain ? found : undefined);
    }
    return lookups.get(value);
  };

  const product = (value: string, found: Product): void => {
    const { layer, residual, grid } = found;
    const isConv = layer.node.op === 'conv2d';
    const form = isConv ? 'last' : 'plain';
    const operands = [need(layer.node.inputs[0] as string, form)];
    const added = residual && need(residual.value, form);
    let target = nameOf(value, form);
    if (!grid) target = nameOf(value, isConv ? 'value, channels last' : 'value');
    const shape = products.shapeOf(layer.node.inputs[0] as string);
    const read = isConv && shape ? toLast.permutation.map((axis) => shape[axis] as number) : shape;
    const { constants: own, kernel, compute, call } = lowerProduct(found, read);
    if (call) calls.push(call);
    for (const [role, tensor] of own) {
      operands.push(keep(`${role} of ${layer.node.name} for ${value}`, tensor));
    }
    if (added !== undefined) operands.push(added);
    emit(layer.node.name, kernel, operands, target, (tensors) =>
      compute(tensors, call && choices.get(call)?.algorithm),
    );
    if (!grid && isConv) transpose(value, target, nameOf(value, 'value'), toFirst);
  };

  const runAsItIs = (node: Node): void => {
    let inputs = node.inputs.map((name) => (name === '' ? '' : need(name, 'value')));
    let lowered = node;
    const quantizer = node.op === 'fakeQuantize' ? node.attributes.quantizer : undefined;
    if (quantizer?.scheme === 'uniform') {
      const { scale, zeroPoint, options } = lowerQuantizer(quantizer);
      const name = node.outputs[0] as string;
      inputs = [
        ...inputs,
        keep(nameOf(name, 'scale'), scale),
        keep(nameOf(name, 'zero point'), zeroPoint),
      ];
      lowered = { ...node, op: 'fakeQuantizeUniform', attributes: options } as Node;
    }
    if (forDevice && (node.op === 'conv2d' || node.op === 'matmul')) {
      const slot = inputs[1] as string;
      const found = layerWeights(node, producers.get(node.inputs[1] as string), constants);
      const isSole = typeof found !== 'string' && !found.offsets && !weightCodes.has(slot);
      weightCodes.set(slot, isSole ? found : undefined);
    }
    steps.push({
      ...{ layer: node.name, kernel: lowered.op, inputs },
      outputs: node.outputs.map((name) => (name === '' ? '' : nameOf(name, 'value'))),
      compute: (operands) => runNode(lowered, operands),
    });
    for (const name of node.outputs) made.set(nameOf(name, 'value'), nameOf(name, 'value'));
  };

  /** Whether a matrix product ran with packed weights and activations in float32. */
  const runPacked = (value: string, node: NodeOf<'matmul'>): boolean => {
    const lowered = lowerWeightOnly(node, producers, constants);
    if (!lowered) return false;
    const own = lowered.constants.map(([role, tensor]) => keep(`${role} of ${node.name}`, tensor));
    const inputs = [need(node.inputs[0] as string, 'value'), ...own];
    emit(node.name, 'matmulNBits', inputs, nameOf(value, 'value'), lowered.compute);
    return true;
  };

  const lookUp = (value: string, lookup: Lookup, form: 'plain' | 'last', grid: ActivationGrid) => {
    const { source, nodes } = lookup;
    const own = products.gridOf(source) as ActivationGrid;
    const before = producers.get(value)?.inputs[0] as string;
    const table = keep(nameOf(value, 'table'), lookupTable(lookup, before, own, grid, constants));
    const layer = nodes.at(-1)?.name ?? layerOf(value);
    return emit(
      layer,
      'integerLookup',
      [need(source, form), table],
      nameOf(value, form),
      ([x, t]) => kernels.integerLookup([x as Tensor, t as Tensor], {}),
    );
  };

  /** Makes a value that is on a grid as codes. */
  const makeCodes = (value: string, form: 'plain' | 'last', grid: ActivationGrid): string => {
    const target = nameOf(value, form);
    const found = products.productOf(value);
    const first = natural(value);
    if (first !== 'value' && first !== form) {
      return transpose(value, need(value, first), target, form === 'last' ? toLast : toFirst);
    }
    if (found?.grid) {
      product(value, found);
      return target;
    }
    const node = producers.get(value) as Node;
    const source = node.inputs[0] as string;
    if (node.op === 'fakeQuantize') {
      if (isAgain(node)) return need(source, form);
      const lookup = lookupOf(value, node);
      if (lookup) return lookUp(value, lookup, form, grid);
      if (form === 'plain') return quantize(value, grid, need(source, 'value'));
      return transpose(value, need(value, 'plain'), target, toLast);
    }
    if (node.op === 'maxPool2d') {
      const codes = need(source, 'last');
      if (form === 'plain') return transpose(value, need(value, 'last'), target, toFirst);
      return emit(node.name, 'integerMaxPool2d', [codes], target, ([x]) =>
        kernels.integerMaxPool2d([x as Tensor], node.attributes),
      );
    }
    if (form === 'last') return transpose(value, need(value, 'plain'), target, toLast);
    const others = node.inputs.slice(1).map((name) => (name === '' ? '' : need(name, 'value')));
    const inputs = [need(source, 'plain'), ...others];
    const onCodes: Node =
      node.op === 'pad'
        ? { ...node, attributes: { ...node.attributes, value: grid.zeroPoint } }
        : node;
    return emit(node.name, node.op, inputs, target, (operands) => {
      return runNode(onCodes, operands)[0] as Tensor;
    });
  };

  const makeValue = (value: string): string => {
    const target = nameOf(value, 'value');
    if (constants.has(value)) return keep(target, constants.get(value) as Tensor);
    const node = producers.get(value);
    if (!node) return target;
    const grid = products.gridOf(value);
    const first = natural(value);
    if (grid && first !== 'value') {
      const codes = need(value, first);
      if (first === 'plain') return dequantize(value, grid, codes, target);
      const floats = dequantize(value, grid, codes, nameOf(value, 'value, channels last'));
      return transpose(value, floats, target, toFirst);
    }
    const found = products.productOf(value);
    if (found && !found.grid) product(value, found);
    else if (!packs || node.op !== 'matmul' || !runPacked(value, node)) runAsItIs(node);
    return target;
  };

  /** The slot of `value` in `form`, made now if it is not there yet. */
  function need(value: string, form: Form): string {
    const wanted = nameOf(value, form);
    const known = made.get(wanted);
    if (known !== undefined) return known;
    const grid = products.gridOf(value);
    const slot = form === 'value' || !grid ? makeValue(value) : makeCodes(value, form, grid);
    made.set(wanted, slot);
    return slot;
  }

  const outputs = graph.outputs.map(({ name }) => [name, need(name, 'value')] as const);
  choices = chooseKernels(calls, choose);
  return {
    ...{ steps, constants: pool, outputs, weightCodes },
    kernels: [...choices.values()],
    floatLayers: products.reasons,
  };
}
