import type { Node, NodeOf } from '@subbyte/graph';
import { kernels } from '@subbyte/kernels';
import { encode } from '@subbyte/quantizers';
import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import type { Constants } from './constants.ts';
import { packWeights } from './pack-weights.ts';

/** A layer whose weights alone are on a grid, as a kernel call: operands are `x` and `constants` in order. */
export interface LoweredWeightOnly {
  readonly constants: readonly (readonly [role: string, tensor: Tensor])[];
  readonly compute: (operands: readonly Tensor[]) => Tensor;
}

/** Weights on grids with one zero point, and how their scales lie. */
interface Encoded {
  readonly codes: Tensor;
  readonly zeroPoint: number;
  readonly scale: readonly number[];
  readonly axis: number | undefined;
  /** 0: not in groups. */
  readonly groupSize: number;
}

/** Codes that the graph holds as such, of other tools' models. */
function stored(
  { inputs, attributes }: NodeOf<'dequantizeLinear'>,
  constants: Constants,
): Encoded | undefined {
  const [codes, scale] = inputs.map((name) => constants.get(name));
  const zeroPoints = inputs[2] ? constants.get(inputs[2]) : tensor([0], []);
  if (!codes || !scale || !zeroPoints) return undefined;
  if (codes.dtype !== 'int8' && codes.dtype !== 'uint8') return undefined;
  const [zeroPoint = 0, ...others] = toNumbers(zeroPoints);
  if (others.some((other) => other !== zeroPoint)) return undefined;
  const { axis, groupSize } = attributes;
  const isOne = scale.size === 1;
  return {
    ...{ codes, zeroPoint, scale: toNumbers(scale) },
    ...{ axis: isOne ? undefined : axis, groupSize: isOne ? 0 : groupSize },
  };
}

function encoded(producer: Node | undefined, constants: Constants): Encoded | undefined {
  if (producer?.op === 'dequantizeLinear') return stored(producer, constants);
  if (producer?.op !== 'fakeQuantize') return undefined;
  const { quantizer } = producer.attributes;
  const values = constants.get(producer.inputs[0] as string);
  if (!values || quantizer.scheme !== 'uniform') return undefined;
  const { granularity, scale } = quantizer;
  const zeroPoint = quantizer.zeroPoint[0] as number;
  if (quantizer.zeroPoint.some((zero) => zero !== zeroPoint)) return undefined;
  return {
    ...{ codes: encode(values, quantizer), zeroPoint, scale },
    axis: granularity.kind === 'perTensor' ? undefined : granularity.axis,
    groupSize: granularity.kind === 'perGroup' ? granularity.size : 0,
  };
}

/** A function that gives the scale of output `o` and group `g`, and the group's size, or `undefined` for other layouts. */
function scalesOf(
  { scale, axis, groupSize }: Encoded,
  [outputs, inputs]: readonly [number, number],
  outputAxis: number,
): { readonly scales: Float32Array; readonly groupSize: number } | undefined {
  if (groupSize === 0) {
    if (axis !== undefined && axis !== outputAxis) return undefined;
    const each = (_: unknown, o: number): number => scale[axis === undefined ? 0 : o] as number;
    const size = Math.max(Math.ceil(inputs / 8) * 8, 8);
    return { scales: Float32Array.from({ length: outputs }, each), groupSize: size };
  }
  if (axis === outputAxis || groupSize % 8 !== 0) return undefined;
  const groups = Math.ceil(inputs / groupSize);
  const scales = Float32Array.from({ length: outputs * groups }, (_, i) => {
    const [o, g] = [Math.floor(i / groups), i % groups];
    return scale[outputAxis === 0 ? i : g * outputs + o] as number;
  });
  return { scales, groupSize };
}

/**
 * The matrix product `node` with its weights packed, or `undefined` where it does not fit: weights of rank 2 on uniform
 * grids per tensor, channel or group of inputs with one zero point, a constant bias per output, no activation.
 */
export function lowerWeightOnly(
  node: NodeOf<'matmul'>,
  producers: ReadonlyMap<string, Node>,
  constants: Constants,
): LoweredWeightOnly | undefined {
  const [, weight, biasName = ''] = node.inputs as readonly [string, string, string?];
  const { activation, transposeA, transposeB } = node.attributes;
  if (activation || transposeA) return undefined;
  const found = encoded(producers.get(weight), constants);
  if (found?.codes.shape.length !== 2) return undefined;
  const outputAxis = transposeB ? 0 : 1;
  const sizes = [found.codes.shape[outputAxis], found.codes.shape[1 - outputAxis]] as [
    number,
    number,
  ];
  const [outputs, inputs] = sizes;
  const scales = scalesOf(found, sizes, outputAxis);
  if (!scales) return undefined;
  const bias = constants.get(biasName);
  if (biasName !== '' && (bias?.size !== outputs || bias.shape.at(-1) !== outputs))
    return undefined;
  const codes = found.codes.data as Int8Array;
  const differences = new Int16Array(codes.length);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < inputs; k++) {
      const code = codes[transposeB ? o * inputs + k : k * outputs + o] as number;
      differences[o * inputs + k] = code - found.zeroPoint;
    }
  }
  const weights = packWeights(differences, sizes, 8);
  if (!weights) return undefined;
  const options = { ...weights.options, groupSize: scales.groupSize };
  return {
    constants: [
      ['packed weights', weights.packed],
      ['scales', tensor(scales.scales, [outputs, scales.scales.length / outputs])],
      ...(bias ? [['bias', tensor(toNumbers(bias), [outputs])] as const] : []),
    ],
    compute: ([x, ...rest]) =>
      kernels.matmulNBits([x, ...rest] as unknown as [Tensor, Tensor, Tensor], options),
  };
}
