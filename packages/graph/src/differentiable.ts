import { batchNormTraining } from '@subbyte/autograd';
import { getBackend } from '@subbyte/kernels';
import { isFloatTensor, type Tensor, type Tree, toHeap } from '@subbyte/tensor';
import { checkGraph } from './check-graph.ts';
import { bindShape } from './check-inputs.ts';
import { GraphError, nodeError } from './errors.ts';
import { applyNode } from './operations/differentiable.ts';
import { moveStatistics } from './running-statistics.ts';
import { trainableConstants } from './trainable-constants.ts';
import type { Graph, Node, NodeOf } from './types.ts';
import { constantsOf } from './with-constants.ts';

/** What a graph learns and remembers, as trees whose paths are names of constants. */
export type GraphVariables = {
  /** Learned by gradients. */
  readonly parameters: Tree;
  /** Running statistics of batch norms. */
  readonly state: Tree;
};

/** Options of `differentiable`. */
export interface DifferentiableOptions {
  /** How much of the running statistics each batch replaces in train mode. Default: 0.1. */
  readonly momentum?: number | undefined;
}

/** How to apply a differentiable graph. */
export interface GraphApplyOptions {
  /** Batch norms use the statistics of the batch and move the running ones. Default: false. */
  readonly train?: boolean | undefined;
  /** Values to return, intermediate ones too; default: the graph's outputs. */
  readonly outputs?: readonly string[] | undefined;
  /**
   * Computes a node in place of its operation, through autograd's functions; `undefined`: as always.
   * So quantizers are made to learn (rounding, steps), or layers are replaced.
   */
  readonly compute?:
    | ((node: Node, operands: readonly (Tensor | undefined)[]) => readonly Tensor[] | undefined)
    | undefined;
}

/** What applying a differentiable graph gives. */
export type GraphApplied = {
  readonly y: { readonly [name: string]: Tensor };
  /** The state after this use: the very one passed in, unless train mode changed it. */
  readonly state: Tree;
};

/** A graph as a function that can be differentiated: a module in the sense of `@subbyte/nn`. */
export interface DifferentiableGraph {
  /** The graph's own constants: copies, in the backend's memory, for optimisers to write on. */
  init(): GraphVariables;
  /**
   * Computes values of the graph through autograd's functions. Constants that `variables` leave out
   * keep the graph's value and count as fixed. An intermediate value among `inputs` stands in place
   * of what computes it: so parts of a graph run alone.
   *
   * Call it inside `grad`, `valueAndGrad` or `record`, or in a `scope`, which release what it makes.
   * Results may share the memory of inputs and variables.
   * @throws GraphError for variables and inputs that do not fit, and, with `cause`, for a node that
   * fails.
   */
  apply(
    variables: GraphVariables,
    inputs: Readonly<Record<string, Tensor>>,
    options?: GraphApplyOptions,
  ): GraphApplied;
}

/** The nodes that `outputs` need when the values in `given` are there. */
function neededNodes(
  graph: Graph,
  given: ReadonlyMap<string, Tensor>,
  outputs: readonly string[],
): Node[] {
  const needed = new Set(outputs);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name) && !given.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  const missing = graph.inputs.find(({ name }) => needed.has(name) && !given.has(name));
  if (missing) throw new GraphError(`input "${missing.name}" is missing`);
  return nodes.reverse();
}

function checkGiven(
  graph: Graph,
  known: ReadonlySet<string>,
  inputs: Readonly<Record<string, Tensor>>,
): void {
  const sizes = new Map<string, number>();
  const infos = new Map(graph.inputs.map((info) => [info.name, info]));
  for (const [name, value] of Object.entries(inputs)) {
    if (!known.has(name)) throw new GraphError(`no value is named "${name}"`);
    const info = infos.get(name);
    if (!info) continue;
    if (value.dtype !== info.dtype) {
      throw new GraphError(`input "${name}" is ${value.dtype}, expected ${info.dtype}`);
    }
    bindShape(info, value.shape, sizes);
  }
}

/** The constants that hold a batch norm's running statistics, if constants do. */
function statisticsOf(graph: Graph, node: NodeOf<'batchNorm'>): [string, string] | undefined {
  const [, , , mean = '', variance = ''] = node.inputs;
  const found = [mean, variance].map((name) => graph.constants.get(name));
  return found.every((value) => value && isFloatTensor(value)) ? [mean, variance] : undefined;
}

/**
 * A graph as a function of its weights and inputs that gradients pass through: of weights, inputs
 * and any value in between. Quantizers (`fakeQuantize`) pass gradients straight through inside their
 * range. For training with batch statistics the graph must still have its batch norms
 * (`simplify` with `keepBatchNorm`).
 * @throws GraphError when the graph is malformed.
 */
export function differentiable(
  graph: Graph,
  { momentum = 0.1 }: DifferentiableOptions = {},
): DifferentiableGraph {
  checkGraph(graph);
  const defaultOutputs = graph.outputs.map(({ name }) => name);
  const known = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.constants.keys(),
    ...graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
  ]);

  const copies = (names: Iterable<string>): Tree =>
    Object.fromEntries(
      [...new Set(names)].map((name) => {
        const copy = toHeap(graph.constants.get(name) as Tensor);
        return [name, getBackend()?.upload(copy) ?? copy];
      }),
    );

  const init = (): GraphVariables => ({
    parameters: copies(trainableConstants(graph)),
    state: copies(
      graph.nodes.flatMap((node) =>
        node.op === 'batchNorm' ? (statisticsOf(graph, node) ?? []) : [],
      ),
    ),
  });

  const apply: DifferentiableGraph['apply'] = (variables, inputs, options = {}) => {
    const { train = false, outputs = defaultOutputs, compute } = options;
    checkGiven(graph, known, inputs);
    const unknown = outputs.find((name) => !known.has(name));
    if (unknown !== undefined) throw new GraphError(`no value is named "${unknown}"`);
    const state = new Map(constantsOf(graph, variables.state));
    const values = new Map([
      ...graph.constants,
      ...constantsOf(graph, variables.parameters),
      ...state,
      ...Object.entries(inputs),
    ]);
    let changed = false;

    const normalize = (node: NodeOf<'batchNorm'>, operands: readonly Tensor[]): Tensor => {
      const [x, scale, bias] = operands as [Tensor, Tensor, Tensor];
      const { result, ...batch } = batchNormTraining(x, scale, bias, node.attributes);
      const names = statisticsOf(graph, node);
      if (!names) return result;
      const [mean, variance] = names.map((name) => values.get(name)) as [Tensor, Tensor];
      const count = x.size / scale.size;
      const next = moveStatistics({ mean, variance }, batch, momentum, count);
      for (const [name, value] of [
        [names[0], next.mean],
        [names[1], next.variance],
      ] as const) {
        state.set(name, value);
        values.set(name, value);
      }
      changed = true;
      return result;
    };

    for (const node of neededNodes(graph, values, outputs)) {
      const operands = node.inputs.map((name) => values.get(name));
      try {
        const results =
          compute?.(node, operands) ??
          (train && node.op === 'batchNorm'
            ? [normalize(node, operands as Tensor[])]
            : applyNode(node, operands));
        for (const [i, name] of node.outputs.entries()) {
          if (name !== '' && !values.has(name)) values.set(name, results[i] as Tensor);
        }
      } catch (cause) {
        throw nodeError(node, cause);
      }
    }
    const y = Object.fromEntries(outputs.map((name) => [name, values.get(name) as Tensor]));
    return { y, state: changed ? Object.fromEntries(state) : variables.state };
  };
  return { init, apply };
}
