import type { Node, NodeOf } from '@subbyte/graph';
import { codebookOf, encode, type LevelQuantizer } from '@subbyte/quantizers';
import { type Tensor, tensor, toHeap, toNumbers } from '@subbyte/tensor';
import type { Constants } from './constants.ts';

/** Weights as integer kernels take them. */
export interface LayerWeights {
  /** int8, the zero point taken away: `[O, C, kH, kW]` or `[O, K]`. */
  readonly codes: Tensor<'int8'>;
  /** Float32 step per output channel. */
  readonly scales: Float32Array;
  /** What is added to the weights of each output channel; absent when that is 0 for all. */
  readonly offsets?: Float32Array | undefined;
}

interface Encoded {
  readonly codes: Tensor;
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  readonly offset?: readonly number[] | undefined;
  /** `undefined`: one scale. */
  readonly axis: number | undefined;
}

/** The whole numbers that codes of levels stand for: integer kernels multiply those, whatever the scheme. */
function numbersOf(codes: Tensor, quantizer: LevelQuantizer): Tensor | string {
  const { levels, min } = codebookOf(quantizer);
  const largest = levels.at(-1) as number;
  if (largest > 127) return `weights are ${quantizer.scheme} levels up to ${largest}`;
  const numbers = Int8Array.from(toNumbers(codes), (code) => levels[code - min] as number);
  return tensor(numbers, codes.shape, 'int8');
}

/** Codes, scales and zero points of the weights that `producer` puts on a grid, or why there are none. */
function encoded(producer: Node | undefined, constants: Constants): Encoded | string {
  if (producer?.op === 'fakeQuantize') {
    const { quantizer } = producer.attributes;
    const values = constants.get(producer.inputs[0] as string);
    if (!values) return 'weights are computed';
    const { granularity, scale } = quantizer;
    const zeroPoint = quantizer.scheme === 'uniform' ? quantizer.zeroPoint : scale.map(() => 0);
    if (granularity.kind === 'perGroup') return 'weights have a scale per group';
    const axis = granularity.kind === 'perChannel' ? granularity.axis : undefined;
    const made = encode(values, quantizer);
    const codes = quantizer.scheme === 'uniform' ? toHeap(made) : numbersOf(made, quantizer);
    made.storage.dispose();
    const offset = quantizer.scheme === 'ternary' ? quantizer.offset : undefined;
    return typeof codes === 'string' ? codes : { codes, scale, zeroPoint, offset, axis };
  }
  if (producer?.op === 'dequantizeLinear') {
    const [codes, scale] = producer.inputs.map((name) => constants.get(name));
    const zero = producer.inputs[2] ? constants.get(producer.inputs[2]) : undefined;
    const { axis, groupSize } = producer.attributes;
    if (!codes || !scale || (producer.inputs[2] && !zero)) return 'weights are computed';
    if (codes.dtype !== 'int8' && codes.dtype !== 'uint8') return `weights are ${codes.dtype}`;
    if (groupSize !== 0 && scale.size > 1) return 'weights have a scale per group';
    const steps = toNumbers(scale);
    const zeroPoint = zero ? toNumbers(zero) : steps.map(() => 0);
    return { codes, scale: steps, zeroPoint, axis: scale.size === 1 ? undefined : axis };
  }
  return 'weights are not quantized';
}

/** The weights of `node`, which operand 1 holds and `producer` makes, or why they cannot be integers. */
export function layerWeights(
  node: NodeOf<'conv2d' | 'matmul'>,
  producer: Node | undefined,
  constants: Constants,
): LayerWeights | string {
  const found = encoded(producer, constants);
  if (typeof found === 'string') return found;
  const { codes, scale, zeroPoint, offset, axis } = found;
  const isConv = node.op === 'conv2d';
  if (codes.shape.length !== (isConv ? 4 : 2)) return `weights of shape [${codes.shape}]`;
  const byColumn = !isConv && !(node.attributes as NodeOf<'matmul'>['attributes']).transposeB;
  const outputAxis = byColumn ? 1 : 0;
  const outputs = codes.shape[outputAxis] as number;
  if (axis !== undefined && (axis + codes.shape.length) % codes.shape.length !== outputAxis) {
    return `weights have a scale per index of axis ${axis}`;
  }
  const perOutput = (values: readonly number[]): Float32Array =>
    Float32Array.from({ length: outputs }, (_, o) => values[values.length === 1 ? 0 : o] as number);
  const [scales, zeros] = [perOutput(scale), perOutput(zeroPoint)];
  const length = codes.size / outputs;
  const from = codes.data as Int8Array;
  const to = new Int8Array(codes.size);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < length; k++) {
      const code = from[byColumn ? k * outputs + o : o * length + k] as number;
      const difference = code - (zeros[o] as number);
      if (difference < -128 || difference > 127) return 'weights lie too far from their zero point';
      to[o * length + k] = difference;
    }
  }
  const offsets = offset?.some((value) => value !== 0) ? perOutput(offset) : undefined;
  return { codes: tensor(to, isConv ? codes.shape : [outputs, length], 'int8'), scales, offsets };
}

/**
 * The bias in steps of the integer sums of each channel, or why it or the sums do not fit in int32. `steps`:
 * input scale times weight scale.
 */
export function layerBias(
  bias: Tensor | undefined,
  { codes, scales }: LayerWeights,
  inputScale: number,
): Tensor<'int32'> | string {
  const outputs = scales.length;
  const values = bias ? toNumbers(bias) : new Array<number>(outputs).fill(0);
  if (values.length !== outputs) return `bias of ${values.length} values for ${outputs} channels`;
  const length = codes.size / outputs;
  const result = new Int32Array(outputs);
  const { data } = codes;
  for (let o = 0; o < outputs; o++) {
    const step = Math.fround(Math.fround(inputScale) * (scales[o] as number));
    const steps = Math.round((values[o] as number) / step);
    let sum = Math.abs(steps);
    for (let k = o * length; k < (o + 1) * length; k++) sum += 255 * Math.abs(data[k] as number);
    if (!(sum < 2 ** 31)) return 'sums do not fit in int32';
    result[o] = steps;
  }
  return tensor(result, [outputs], 'int32');
}
