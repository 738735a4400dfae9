import type { Graph, Node } from '@subbyte/graph';
import type { Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { weightedOps } from './layers.ts';

/** Steps of integer sums per output channel, in float32 as engines multiply them; one: the same for all. */
function sumSteps(
  input: Quantizer | undefined,
  weight: Quantizer | undefined,
): readonly number[] | undefined {
  if (input?.scheme !== 'uniform' || input.granularity.kind !== 'perTensor') return undefined;
  if (!weight || weight.granularity.kind === 'perGroup') return undefined;
  // Offsets make the sums no whole numbers of steps.
  if (weight.scheme === 'ternary' && weight.offset.some((offset) => offset !== 0)) return undefined;
  return weight.scale.map((step) => Math.fround(step * (input.scale[0] as number)));
}

function onSteps(bias: Tensor, steps: readonly number[]): Tensor {
  const values = (bias.data as Float32Array).map((value, i) => {
    const step = (steps.length === 1 ? steps[0] : steps[i]) as number;
    return Math.fround(Math.round(value / step) * step);
  });
  return tensor(values, bias.shape);
}

/**
 * Rounds the biases of quantized layers to what integer engines store: int32 in steps of input scale
 * times weight scale. The graph then computes what they compute, up to the order of float sums.
 */
export function roundBiases(graph: Graph): Graph {
  const quantizers = new Map(
    graph.nodes.flatMap((node) =>
      node.op === 'fakeQuantize' ? [[node.outputs[0], node.attributes.quantizer] as const] : [],
    ),
  );
  const readers = new Map<string, number>();
  for (const name of graph.nodes.flatMap(({ inputs }) => inputs)) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const constants = new Map(graph.constants);
  for (const node of graph.nodes as readonly Node[]) {
    const name = node.inputs[2] ?? '';
    const bias = graph.constants.get(name);
    // Biases that layers share have no step of their own; bias correction leaves none of them.
    if (!weightedOps.has(node.op) || bias?.dtype !== 'float32' || readers.get(name) !== 1) continue;
    const steps = sumSteps(quantizers.get(node.inputs[0]), quantizers.get(node.inputs[1]));
    if (steps && (steps.length === 1 || steps.length === bias.size)) {
      constants.set(name, onSteps(bias, steps));
    }
  }
  return { ...graph, constants };
}
