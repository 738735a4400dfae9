import type { Shape, Tensor } from '@subbyte/tensor';
import { findBlocks } from './find-blocks.ts';
import { inferTypes } from './infer-types.ts';
import { isLayer, type LayerName } from './layers.ts';
import { fixedValues, producersOf } from './links.ts';
import type { Dimension, Graph, Node, NodeOf, OpName } from './types.ts';

/** One node as a line of a table. */
export interface LayerDescription {
  readonly name: string;
  readonly op: OpName;
  /** Shapes of the operands that are not constants; `undefined` where one is unknown. */
  readonly inputs: readonly (readonly Dimension[] | undefined)[];
  readonly outputs: readonly (readonly Dimension[] | undefined)[];
  /** Elements of the float constants it reads; one that several nodes read counts at the first. */
  readonly parameters: number;
  /** Multiply-accumulates of convolutions and matrix products; `undefined`: sizes are not known. */
  readonly macs: number | undefined;
  /** Name of its block. */
  readonly block: string | undefined;
  /** `true`, or why its weights cannot be quantized. */
  readonly quantizable: true | string;
}

/** What `describe` tells about a graph. */
export interface GraphDescription {
  readonly layers: readonly LayerDescription[];
  readonly totals: {
    readonly nodes: number;
    readonly parameters: number;
    /** Of the layers whose sizes are known. */
    readonly macs: number;
    /** Whether that is all of them. */
    readonly macsComplete: boolean;
    /** Parameters in weights that can be quantized. */
    readonly quantizable: number;
  };
}

type MaybeShape = readonly Dimension[] | undefined;

const isKnown = (shape: MaybeShape): shape is Shape =>
  shape?.every((size) => typeof size === 'number') ?? false;

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Multiply-accumulates of a layer; `undefined` when a size is not known. */
function macsOf(
  node: NodeOf<LayerName> & Node,
  shapeOf: (name: string) => MaybeShape,
): number | undefined {
  const [x, weight] = node.inputs.map(shapeOf);
  const y = shapeOf(node.outputs[0] as string);
  if (!isKnown(x) || !isKnown(weight) || !isKnown(y)) return undefined;
  if (node.op === 'conv2d') return product(y) * product(weight.slice(1));
  if (node.op === 'convTranspose2d') return product(x) * product(weight.slice(1));
  return product(y) * (x.at(node.attributes.transposeA && x.length > 1 ? -2 : -1) ?? 1);
}

/** The constant that holds the weights, behind whatever quantizes or rearranges it. */
function weightConstant(
  { constants }: Graph,
  producers: ReadonlyMap<string, Node>,
  name: string,
): Tensor | undefined {
  let current = name;
  for (let node = producers.get(current); node; node = producers.get(current)) {
    current = node.inputs[0] ?? '';
  }
  return constants.get(current);
}

/** Batch sizes that are open count as 1. */
function withBatchOne(graph: Graph): Graph {
  const batch = new Set(graph.inputs.map(({ shape }) => shape?.[0]));
  const inputs = graph.inputs.map((info) => ({
    ...info,
    shape: info.shape?.map((size) => (typeof size === 'string' && batch.has(size) ? 1 : size)),
  }));
  return { ...graph, inputs };
}

/**
 * Describes every node: shapes, parameters, multiply-accumulates, block, and whether its weights
 * can be quantized.
 * @param inputShapes Shapes of the inputs; default: those of the graph, with batch size 1 when it
 * is open.
 * @throws GraphError when operands do not fit together.
 */
export function describe(
  graph: Graph,
  inputShapes?: Readonly<Record<string, Shape>>,
): GraphDescription {
  const types = inferTypes(inputShapes ? graph : withBatchOne(graph), inputShapes);
  const producers = producersOf(graph);
  const fixed = fixedValues(graph);
  const blockOf = new Map<string, string>();
  for (const block of findBlocks(graph)) {
    for (const node of block.nodes) blockOf.set(node, block.name);
  }
  const counted = new Set<string>();
  let quantizable = 0;
  const layers = graph.nodes.map((node): LayerDescription => {
    const shapeOf = (name: string): MaybeShape => types.get(name)?.shape;
    let parameters = 0;
    for (const name of node.inputs) {
      const value = graph.constants.get(name);
      if (!value || counted.has(name) || !value.dtype.startsWith('float')) continue;
      counted.add(name);
      parameters += value.size;
    }
    const data = node.inputs.filter((name) => name !== '' && !graph.constants.has(name));
    const layer = isLayer(node);
    const weightName = node.inputs[1] as string;
    const weight =
      layer && fixed.has(weightName) ? weightConstant(graph, producers, weightName) : undefined;
    let verdict: true | string = true;
    if (!layer) verdict = 'has no weights';
    else if (!weight) verdict = 'weights are computed from the input';
    else if (weight.dtype !== 'float32') verdict = `weights are ${weight.dtype}`;
    else quantizable += weight.size;
    return {
      name: node.name,
      op: node.op,
      inputs: data.map(shapeOf),
      outputs: node.outputs.filter((name) => name !== '').map(shapeOf),
      parameters,
      macs: layer ? macsOf(node, shapeOf) : 0,
      block: blockOf.get(node.name),
      quantizable: verdict,
    };
  });
  return {
    layers,
    totals: {
      nodes: layers.length,
      parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
      macs: layers.reduce((sum, layer) => sum + (layer.macs ?? 0), 0),
      macsComplete: layers.every(({ macs }) => macs !== undefined),
      quantizable,
    },
  };
}
