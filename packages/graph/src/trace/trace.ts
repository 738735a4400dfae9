import {
  type AnyTypedArray,
  flattenTree,
  mapTree,
  newArray,
  type Shape,
  sizeOf,
  type Tensor,
  type Tree,
  tensor,
} from '@subbyte/tensor';
import { checkGraph } from '../check-graph.ts';
import { nameSource } from '../edit.ts';
import { GraphError } from '../errors.ts';
import { inferTypes } from '../infer-types.ts';
import { removeUnused } from '../remove-unused.ts';
import type { Graph, Node, ValueInfo } from '../types.ts';
import { operationsOf } from './generalize.ts';
import { recordTrace } from './record-trace.ts';

/** Options of `trace`. */
export interface TraceOptions {
  /** Name of the graph. Default: `traced`. */
  readonly name?: string | undefined;
  /**
   * Names of constants: tensors of this tree are called by their paths (`0.weight`), so that
   * `withConstants` and `differentiable` take the tree of parameters as it is.
   */
  readonly names?: Tree | undefined;
  /**
   * Name of the size of axis 0 of every input (`N`): the graph takes any. The function is run a
   * second time, with one sample more, to find out what depends on it. Default: the sizes given.
   */
  readonly batch?: string | undefined;
}

const empty: Graph = {
  name: '',
  inputs: [],
  outputs: [],
  nodes: [],
  constants: new Map(),
  metadata: {},
};

/** Paths are names, but for the root and for positions in arrays. */
function nameOf(path: string, role: string): string {
  if (path === '') return role;
  return /^\d/.test(path) ? `${role}.${path}` : path;
}

/** The inputs with their first sample once more at the end. */
function oneMore<Inputs extends Tree>(inputs: Inputs): Inputs {
  const counts = new Set(flattenTree(inputs).map(([, { shape }]) => shape[0]));
  const [count] = counts;
  if (counts.size !== 1 || !count) {
    const found = [...counts].map((size) => size ?? 'none').join(', ');
    throw new GraphError(`trace: inputs have batch sizes ${found}, expected one, at least 1`);
  }
  return mapTree(inputs, (x) => {
    const rest = x.shape.slice(1);
    // Both arrays are of one type, whichever it is.
    const source = x.data as Float32Array;
    const data = newArray(x.dtype, x.size + sizeOf(rest)) as Float32Array;
    data.set(source);
    data.set(source.subarray(0, sizeOf(rest)), x.size);
    return tensor(data as AnyTypedArray, [count + 1, ...rest], x.dtype);
  });
}

/**
 * The graph of what `fn` computes with autograd's functions (so also by modules of `@subbyte/nn`).
 * `inputs` become the graph's inputs, by their paths (`input` for a single tensor), what `fn` returns
 * its outputs (`output`), and every other tensor it uses a constant, copied. Loops and branches are
 * traced as they go for these inputs, and elements that `fn` reads into JavaScript are constants.
 * What no output depends on is dropped.
 * @throws GraphError when a result depends on the inputs by other ways than autograd's functions,
 * when kernels that belong to training are used (batch statistics), and, with `batch`, when
 * something depends on the batch size in a way that a graph cannot express.
 */
export function trace<Inputs extends Tree>(
  fn: (inputs: Inputs) => Tree,
  inputs: Inputs,
  options: TraceOptions = {},
): Graph {
  const { name = 'traced', batch } = options;
  const paths = options.names === undefined ? [] : flattenTree(options.names);
  const given = new Map(paths.map(([path, leaf]) => [leaf, path]));
  const traced = recordTrace(fn, inputs, given);
  const other = batch === undefined ? undefined : recordTrace(fn, oneMore(inputs), given);
  const operations = operationsOf(traced, other);

  const fresh = nameSource(empty);
  const constants = new Map<string, Tensor>();
  const constant = (wanted: string, data: AnyTypedArray, shape: Shape, like: Tensor['dtype']) => {
    const own = fresh(wanted);
    constants.set(own, tensor(data, shape, like));
    return own;
  };
  const valueNames = new Map<number, string>();
  const infos = traced.inputs.map(([path, value]): ValueInfo => {
    const { dtype, shape } = traced.values[value] as (typeof traced.values)[number];
    valueNames.set(value, fresh(nameOf(path, 'input')));
    return {
      name: valueNames.get(value) as string,
      dtype,
      shape: batch === undefined ? shape : [batch, ...shape.slice(1)],
    };
  });
  const results = new Set(traced.steps.map(({ result }) => result));
  /** Outputs that need a node of their own: inputs, constants and what is an output already. */
  const copies: (readonly [name: string, value: number])[] = [];
  const outputs = traced.outputs.map(([path, value]) => {
    const own = fresh(nameOf(path, 'output'));
    if (!results.has(value) || valueNames.has(value)) copies.push([own, value]);
    else valueNames.set(value, own);
    return own;
  });
  for (const [value, { dtype, shape, constant: own }] of traced.values.entries()) {
    if (own) valueNames.set(value, constant(own.name ?? 'constant', own.data, shape, dtype));
  }

  const nodes: Node[] = traced.steps.map(({ kernel, operands, result }, i) => {
    const { op, attributes, extra = [] } = operations[i] as (typeof operations)[number];
    // A layer is called as its parameters are.
    const owner = operands
      .map((value) => traced.values[value ?? -1]?.constant?.name)
      .find((found) => found !== undefined)
      ?.replace(/\.?[^.]*$/, '');
    const own = fresh(owner || kernel);
    if (!valueNames.has(result)) valueNames.set(result, own);
    const names = [
      ...operands.map((value) => (value === undefined ? '' : (valueNames.get(value) as string))),
      ...extra.map((value) =>
        value ? constant(`${own}.sizes`, value.data, value.shape, value.dtype) : '',
      ),
    ];
    while (names.at(-1) === '') names.pop();
    return {
      op,
      name: own,
      inputs: names,
      outputs: [valueNames.get(result) as string],
      attributes,
    } as Node;
  });
  for (const [own, value] of copies) {
    const source = valueNames.get(value) as string;
    const nodeName = fresh('identity');
    nodes.push({
      op: 'identity',
      name: nodeName,
      inputs: [source],
      outputs: [own],
      attributes: {},
    });
  }
  const graph: Graph = {
    name,
    inputs: infos,
    outputs: outputs.map((own) => ({ name: own, dtype: 'float32' })),
    nodes,
    constants,
    metadata: {},
  };
  const result = removeUnused(graph);
  checkGraph(result);
  const types = inferTypes(result);
  return {
    ...result,
    outputs: outputs.map((own) => ({ dtype: 'float32', ...types.get(own), name: own })),
  };
}
