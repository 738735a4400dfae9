import { type Graph, type Node, type NodeOf, producersOf } from '@subbyte/graph';
import { fakeQuantize, type Quantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { asFloat32, type Tensor } from '@subbyte/tensor';
import type { Plan } from './plan.ts';
import { addNoise, noNoise, sqnrOf } from './sqnr.ts';
import type { WeightGrid } from './weights.ts';

/** The grids of a quantized graph, as they are after learning. */
export interface LearnedGrids {
  /** By layer name; the SQNR is that of the learned weights against the float ones. */
  readonly weights: ReadonlyMap<string, WeightGrid>;
  /** By observed value. */
  readonly activations: ReadonlyMap<string, UniformQuantizer>;
}

const quantizerOf = (node: Node | undefined): Quantizer | undefined =>
  node?.op === 'fakeQuantize' ? (node as NodeOf<'fakeQuantize'>).attributes.quantizer : undefined;

/** Reads the grids of `plan` back from `quantized`, which was made of `float`. */
export function learnedGrids(float: Graph, quantized: Graph, plan: Plan): LearnedGrids {
  const producers = producersOf(quantized);
  const byName = new Map(quantized.nodes.map((node) => [node.name, node]));
  const weights = new Map<string, WeightGrid>();
  for (const { node, weight } of plan.layers) {
    const source = producers.get(byName.get(node.name)?.inputs[1] ?? '');
    const quantizer = quantizerOf(source);
    const learned = quantized.constants.get(source?.inputs[0] ?? '');
    if (!quantizer || !learned) continue;
    const sums = noNoise();
    const reference = asFloat32(float.constants.get(weight) as Tensor);
    const onGrid = asFloat32(fakeQuantize(learned, quantizer));
    addNoise(sums, reference.data, onGrid.data);
    weights.set(node.name, { quantizer, sqnr: sqnrOf(sums) });
  }
  const onValue = new Map(
    quantized.nodes
      .filter(({ op }) => op === 'fakeQuantize')
      .map((node) => [node.inputs[0], quantizerOf(node)]),
  );
  const activations = new Map<string, UniformQuantizer>();
  for (const { value, members } of plan.sites) {
    const quantizer = [value, ...members].map((name) => onValue.get(name)).find(Boolean);
    if (quantizer?.scheme === 'uniform') activations.set(value, quantizer);
  }
  return { weights, activations };
}
