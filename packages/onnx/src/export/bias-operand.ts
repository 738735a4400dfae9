import { type Tensor, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { quantizerNode } from './quantized-value.ts';
import type { Named, Writer } from './writer.ts';

const largest = 2 ** 31 - 1;

/** A bias as int32 codes times a step per channel. */
function emitBias(
  writer: Writer,
  node: Named,
  codes: readonly number[],
  steps: readonly number[],
): string {
  const shape = [codes.length];
  const integers = writer.tensor(`${node.name}/bias_quantized`, tensor(codes, shape, 'int32'));
  const scale = writer.floats(`${node.name}/bias_scale`, steps);
  const result = writer.name(`${node.name}/bias`);
  writer.node('DequantizeLinear', [integers, scale], [result], { axis: int(0) });
  return result;
}

/** The bias in the steps of the integer sums, when both operands are quantized so that there are such. */
function integerBias(
  writer: Writer,
  node: Named,
  x: string,
  weight: string,
  bias: Tensor,
  channels: number,
): string | undefined {
  const input = quantizerNode(writer, x)?.attributes.quantizer;
  const weights = quantizerNode(writer, weight)?.attributes.quantizer;
  if (!input || !weights || input.granularity.kind !== 'perTensor') return undefined;
  const { granularity, scale } = weights;
  const perChannel = granularity.kind === 'perChannel' && granularity.axis === channels;
  if (!perChannel && granularity.kind !== 'perTensor') return undefined;
  if (perChannel && scale.length !== bias.size) return undefined;
  const values = [...(bias.data as Float32Array)];
  const steps = values.map((_, channel) =>
    Math.fround((input.scale[0] ?? 1) * (scale[perChannel ? channel : 0] ?? 1)),
  );
  const codes = values.map((value, channel) => Math.round(value / (steps[channel] ?? 1)));
  if (codes.some((code) => !(Math.abs(code) <= largest))) return undefined;
  return emitBias(writer, node, codes, steps);
}

/** What `biasOperand` needs to know of a convolution or Gemm. */
export interface BiasedNode extends Named {
  readonly x: string;
  readonly weight: string;
  /** `''` when there is none. */
  readonly bias: string;
  /** Axis of the weight that scales of the output features lie along. */
  readonly channels: number;
  /** Number of output features; `undefined` when unknown. */
  readonly features: number | undefined;
}

/**
 * The bias operand of a convolution or Gemm. With quantized operands: int32 in steps of input scale
 * times weight scale, without a zero point, as engines add it to their integer sums. With a
 * quantized input and float weights: a dequantized bias too, exact, because onnxruntime 1.30 would
 * otherwise quantize the weights by itself, to 8 bits per tensor (WeightBiasQuantization).
 */
export function biasOperand(writer: Writer, node: BiasedNode): string {
  const { x, weight, bias, channels, features } = node;
  const value = writer.graph.constants.get(bias);
  const usable = value?.dtype === 'float32' && value.shape.length === 1;
  if (writer.form === 'float' || (bias !== '' && !usable)) return bias;
  if (writer.dequantized.has(weight)) {
    return value ? (integerBias(writer, node, x, weight, value, channels) ?? bias) : bias;
  }
  if (quantizerNode(writer, x) === undefined || features === undefined) return bias;
  const values = value ? [...(value.data as Float32Array)] : Array<number>(features).fill(0);
  return emitBias(
    writer,
    node,
    values.map(Math.sign),
    values.map((b) => Math.abs(b) || 1),
  );
}
