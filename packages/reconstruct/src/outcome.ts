import { consumersOf, type Graph, type Node, producersOf } from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';
import type { Tensor } from '@subbyte/tensor';
import { gridValueOf } from './units.ts';

/** What a unit has learned, as constants and quantizers of the graph. */
export interface UnitOutcome {
  /** Weights (on their grids) and biases. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** By layer name. */
  readonly weights: ReadonlyMap<string, UniformQuantizer>;
  /** By value name. */
  readonly activations: ReadonlyMap<string, UniformQuantizer>;
}

/** The graph with what a unit has learned. */
export function withOutcome(graph: Graph, outcome: UnitOutcome): Graph {
  const producers = producersOf(graph);
  const consumers = consumersOf(graph);
  const quantizerOf = (node: Node): UniformQuantizer | undefined => {
    if (!graph.constants.has(node.inputs[0] as string)) {
      return outcome.activations.get(gridValueOf(node, producers));
    }
    const layer = consumers.get(node.outputs[0] as string)?.[0];
    return layer && outcome.weights.get(layer.name);
  };
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'fakeQuantize') return node;
    const quantizer = quantizerOf(node);
    return quantizer ? { ...node, attributes: { quantizer } } : node;
  });
  const constants = new Map(graph.constants);
  for (const [name, value] of outcome.constants) {
    if (constants.has(name)) constants.set(name, value);
  }
  return { ...graph, nodes, constants };
}
