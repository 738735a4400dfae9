import { consumersOf, type Graph, type Node, soleConsumer } from '@subbyte/graph';
import type { Activation } from '@subbyte/kernels';
import { codeRange, type Quantizer } from '@subbyte/quantizers';

/** The range that a node's activation, or the node itself, clamps to. */
function clampOf(node: Node): { min: number; max: number } | undefined {
  const range = (activation: Activation | undefined): { min: number; max: number } | undefined => {
    if (activation?.kind === 'relu') return { min: 0, max: Number.POSITIVE_INFINITY };
    return activation?.kind === 'clip' ? activation : undefined;
  };
  switch (node.op) {
    case 'conv2d':
    case 'convTranspose2d':
    case 'matmul':
      return range(node.attributes.activation);
    case 'relu':
      return { min: 0, max: Number.POSITIVE_INFINITY };
    case 'clip':
      return node.attributes;
    default:
      return undefined;
  }
}

/** Whether both bounds are coded as an end of the grid, so that the quantizer clamps as much. */
function clampsAsMuch(quantizer: Quantizer, clamp: { min: number; max: number }): boolean {
  if (quantizer.scheme !== 'uniform' || quantizer.granularity.kind !== 'perTensor') return false;
  const { min, max } = codeRange(quantizer);
  const [scale = 1] = quantizer.scale;
  const [zeroPoint = 0] = quantizer.zeroPoint;
  const code = (x: number): number => Math.round(Math.fround(x / scale)) + zeroPoint;
  return code(clamp.min) <= min && code(clamp.max) >= max;
}

/**
 * Takes away each ReLU and clip whose only reader is a quantizer that clamps as much itself: the
 * values stay the same, and an engine sees the convolution and its quantizer side by side.
 */
export function dropClips(graph: Graph): Graph {
  const consumers = consumersOf(graph);
  const replaced = new Map<string, string>();
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const clamp = clampOf(node);
    const [output = ''] = node.outputs;
    const reader = soleConsumer(graph, consumers, output);
    if (!clamp || reader?.op !== 'fakeQuantize') return [node];
    if (!clampsAsMuch(reader.attributes.quantizer, clamp)) return [node];
    if (node.op === 'relu' || node.op === 'clip') {
      replaced.set(output, node.inputs[0] ?? '');
      return [];
    }
    return [{ ...node, attributes: { ...node.attributes, activation: undefined } } as Node];
  });
  return {
    ...graph,
    nodes: nodes.map((node) => {
      const source = replaced.get(node.inputs[0] ?? '');
      return source === undefined ? node : ({ ...node, inputs: [source] } as Node);
    }),
  };
}
