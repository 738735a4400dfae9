import type { Graph, Node } from '@subbyte/graph';
import { type Quantizer, ternaryQuantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';

/** Activations of 2 bits with levels -1, 0 and 1, or 0 and 1, over about the range that they have. */
function fewer(quantizer: UniformQuantizer, levels: 'ternary' | 'binary'): Quantizer {
  const scale = Math.fround((quantizer.scale[0] as number) * (levels === 'ternary' ? 2 : 3));
  if (levels === 'ternary') return ternaryQuantizer([{ scale, offset: 0 }]);
  return { ...quantizer, bits: 1, signed: false, scale: [scale], zeroPoint: [0] };
}

/** Weights of 2 bits as -1, 0 and 1, or, all zeros gone, as -1 and 1. */
function fewerWeights(quantizer: UniformQuantizer, weights: Tensor, levels: 'ternary' | 'binary') {
  const { granularity, scaleShape } = quantizer;
  const fits = quantizer.scale.map((scale) => ({ scale, offset: 0 }));
  const least = Math.min(...quantizer.scale);
  const signs = (): Tensor =>
    tensor(
      // More than half a step of every channel.
      toNumbers(weights).map((x) => (x < 0 ? Math.min(x, -100 * least) : Math.max(x, 100 * least))),
      weights.shape,
    );
  return {
    quantizer: ternaryQuantizer(fits, granularity, scaleShape),
    weights: levels === 'ternary' ? weights : signs(),
  };
}

/**
 * `graph`, whose inner layers have 2 bits of weights and activations, with fewer levels: for its time only, what it computes
 * is of no use.
 */
export function fewerLevels(graph: Graph, levels: 'ternary' | 'binary'): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node): Node => {
    if (node.op !== 'fakeQuantize' || node.attributes.quantizer.scheme !== 'uniform') return node;
    const { quantizer } = node.attributes;
    const weights = constants.get(node.inputs[0] as string);
    if (quantizer.bits !== 2) return node;
    if (!weights) return { ...node, attributes: { quantizer: fewer(quantizer, levels) } };
    const found = fewerWeights(quantizer, weights, levels);
    constants.set(node.inputs[0] as string, found.weights);
    return { ...node, attributes: { quantizer: found.quantizer } };
  });
  return { ...graph, nodes, constants };
}
