import { consumersOf, type Graph, type Node, producersOf, soleConsumer } from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import type { Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';

/** The quantizer of the transposed matrix. */
function transposed(quantizer: Quantizer): Quantizer {
  const { granularity, scaleShape } = quantizer;
  if (granularity.kind === 'perTensor') return quantizer;
  const turned = { ...granularity, axis: 1 - granularity.axis };
  if (granularity.kind === 'perChannel') return { ...quantizer, granularity: turned };
  const swap = (values: readonly number[]): number[] => [
    ...(swapAxes(tensor(values, scaleShape, 'float64')).data as Float64Array),
  ];
  const scales = {
    granularity: turned,
    scaleShape: [...scaleShape].reverse(),
    scale: swap(quantizer.scale),
  };
  switch (quantizer.scheme) {
    case 'uniform':
      return { ...quantizer, ...scales, zeroPoint: swap(quantizer.zeroPoint) };
    case 'ternary':
      return { ...quantizer, ...scales, offset: swap(quantizer.offset) };
    case 'apot':
      return { ...quantizer, ...scales };
  }
}

const swapAxes = (matrix: Tensor): Tensor => kernels.transpose([matrix], { permutation: [1, 0] });

/**
 * Stores the quantized weight of a matrix product as `[N, K]` where onnxruntime would turn
 * `[K, N]` into MatMulNBits, which on some machines rounds the activations to 8 bits on its own: for
 * 4-bit weights, and for any weight whose other operand is not quantized.
 */
export function transposeWeights(graph: Graph): Graph {
  const consumers = consumersOf(graph);
  const producers = producersOf(graph);
  const constants = new Map(graph.constants);
  const replaced = new Map<Node, Node>();
  for (const node of graph.nodes) {
    if (node.op !== 'matmul' || node.attributes.transposeB) continue;
    const [a = '', b = ''] = node.inputs;
    const quantize = producers.get(b);
    if (quantize?.op !== 'fakeQuantize') continue;
    const [source = ''] = quantize.inputs;
    const weight = graph.constants.get(source);
    const alone =
      soleConsumer(graph, consumers, b) === node &&
      soleConsumer(graph, consumers, source) === quantize;
    if (weight?.shape.length !== 2 || !alone) continue;
    const { quantizer } = quantize.attributes;
    const isInt4 = quantizer.scheme === 'uniform' && quantizer.bits === 4;
    const fuses = !isInt4 && quantizer.granularity.kind !== 'perGroup';
    if (fuses && producers.get(a)?.op === 'fakeQuantize') continue;
    constants.set(source, swapAxes(weight));
    replaced.set(quantize, { ...quantize, attributes: { quantizer: transposed(quantizer) } });
    replaced.set(node, { ...node, attributes: { ...node.attributes, transposeB: true } });
  }
  return { ...graph, constants, nodes: graph.nodes.map((node) => replaced.get(node) ?? node) };
}
