// Values on a grid that depend, element by element, on one other value on a grid: each code has one code then, and
// a table computes whatever lies between. Activations that no epilogue knows are such, and changes of grid.

import { type Node, type NodeOf, type OpName, runNode } from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import { reshape, scope, type Tensor, tensor, toHeap } from '@subbyte/tensor';
import type { Constants } from './constants.ts';
import { type ActivationGrid, gridTensors } from './grid.ts';

/** How a value is looked up. */
export interface Lookup {
  /** The value whose codes are replaced. */
  readonly source: string;
  /** Its nodes up to that of the quantizer, in order. */
  readonly nodes: readonly Node[];
}

/** What is known of the graph. */
interface Context {
  readonly producers: ReadonlyMap<string, Node>;
  readonly constants: Constants;
  /** Places of the nodes in the graph, which is in topological order. */
  readonly order: ReadonlyMap<Node, number>;
  gridOf(value: string): ActivationGrid | undefined;
}

/** Nodes in a table, at most. */
const mostNodes = 16;

const elementwise: ReadonlySet<string> = new Set<OpName>([
  ...(['identity', 'abs', 'neg', 'sign', 'exp', 'log', 'sqrt', 'reciprocal', 'floor'] as const),
  ...(['ceil', 'round', 'sin', 'cos', 'erf', 'tanh', 'sigmoid', 'relu', 'softplus'] as const),
  ...(['softsign', 'hardSwish', 'gelu', 'leakyRelu', 'elu', 'celu', 'selu', 'clip'] as const),
  ...(['hardSigmoid', 'add', 'sub', 'mul', 'div', 'pow', 'min', 'max', 'fakeQuantize'] as const),
]);

/** Finds what the quantizer `node` looks up, if a table of codes is all that lies before it. */
export function findLookup(
  node: NodeOf<'fakeQuantize'>,
  { producers, constants, order, gridOf }: Context,
): Lookup | undefined {
  const found: Node[] = [];
  const isNumber = (name: string): boolean =>
    constants.has(name) && constants.get(name)?.size === 1;
  const placeOf = (name: string): number => order.get(producers.get(name) as Node) ?? -1;
  const open = new Set([node.inputs[0] as string]);
  while (found.length < mostNodes) {
    // The last of them depends on none that is still to come.
    const last = [...open].reduce((a, b) => (placeOf(b) > placeOf(a) ? b : a));
    if (open.size === 1 && gridOf(last)) return { source: last, nodes: found.toReversed() };
    const producer = producers.get(last);
    if (!producer || !elementwise.has(producer.op)) return undefined;
    found.push(producer);
    open.delete(last);
    for (const input of producer.inputs) if (!isNumber(input)) open.add(input);
    if (open.size === 0) return undefined;
  }
  return undefined;
}

/** The int8 codes `[256]` that the quantizer of `grid` gives to the codes of `sourceGrid`, the first to -128. */
export function lookupTable(
  { source, nodes }: Lookup,
  value: string,
  sourceGrid: ActivationGrid,
  grid: ActivationGrid,
  constants: Constants,
): Tensor {
  const options = { axis: 0, groupSize: 0 };
  return toHeap(
    scope(() => {
      const codes = tensor(
        Int8Array.from({ length: 256 }, (_, i) => i - 128),
        [256],
      );
      const values = new Map<string, Tensor>();
      values.set(source, kernels.dequantizeLinear([codes, ...gridTensors(sourceGrid)], options));
      for (const node of nodes) {
        const operands = node.inputs.map((name) => values.get(name) ?? constants.get(name));
        const [result] = runNode(node, operands);
        // Constants may have axes of size 1.
        values.set(node.outputs[0] as string, reshape(result as Tensor, [256]));
      }
      return kernels.quantizeLinear([values.get(value) as Tensor, ...gridTensors(grid)], {
        ...{ ...options, dtype: 'int8', min: grid.min, max: grid.max },
      });
    }),
  );
}
