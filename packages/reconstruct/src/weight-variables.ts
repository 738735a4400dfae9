// A layer's weights as variables: between two grid points, or codes that are rounded straight through.

import { fakeQuantizeUniform } from '@subbyte/autograd';
import { getBackend, kernels } from '@subbyte/kernels';
import { codeRange, encode, fakeQuantize, type UniformQuantizer } from '@subbyte/quantizers';
import { type Tensor, tensor, toHeap } from '@subbyte/tensor';
import type { Unit, WeightSlot } from './units.ts';

/** Steps shrink to no less than this share of what they were. */
export const leastFactor = 0.1;

/** `value` in the memory of the backend in use. */
export const place = (value: Tensor): Tensor => getBackend()?.upload(value) ?? value;

/** The constants of a weight slot that its soft weights are computed from. */
export interface WeightParts {
  /** The weights on their grid, rounded to the nearest. */
  readonly nearest: Tensor;
  /** `floor(w / s) + z`, the code below the weight. */
  readonly below: Tensor;
  readonly fractions: Float32Array;
  readonly scale: Tensor;
  readonly zeroPoint: Tensor;
  /** Shape of learned factors, which broadcasts to the weight; `undefined`: not learnable. */
  readonly factorShape: readonly number[] | undefined;
}

function broadcastShape({ granularity }: UniformQuantizer, weight: Tensor): readonly number[] {
  if (granularity.kind === 'perTensor') return weight.shape.map(() => 1);
  return weight.shape.map((size, axis) => (axis === granularity.axis ? size : 1));
}

/** `values`, one per group, spread over the elements of `weight`. */
function spread(values: readonly number[], quantizer: UniformQuantizer, weight: Tensor): Tensor {
  const { granularity, scaleShape } = quantizer;
  if (granularity.kind !== 'perGroup') {
    return tensor(Float32Array.from(values), broadcastShape(quantizer, weight));
  }
  const ones = tensor(new Float32Array(weight.size).fill(1), weight.shape);
  const result = kernels.dequantizeLinear(
    [kernels.cast([ones], { dtype: 'int32' }), tensor(Float32Array.from(values), scaleShape)],
    { axis: granularity.axis, groupSize: granularity.size },
  );
  return toHeap(result);
}

export function partsOf({ quantizer }: WeightSlot, weight: Tensor): WeightParts {
  const scale = spread(quantizer.scale, quantizer, weight);
  const zeroPoint = spread(quantizer.zeroPoint, quantizer, weight);
  const ratio = toHeap(kernels.div([weight, scale], {})).data as Float32Array;
  const below = toHeap(
    kernels.add([kernels.floor([tensor(ratio, weight.shape)], {}), zeroPoint], {}),
  );
  const isGrouped = quantizer.granularity.kind === 'perGroup';
  return {
    nearest: place(toHeap(fakeQuantize(weight, quantizer))),
    below: place(below),
    fractions: ratio.map((value) => value - Math.floor(value)),
    scale: place(scale),
    zeroPoint: place(zeroPoint),
    factorShape: isGrouped ? undefined : broadcastShape(quantizer, weight),
  };
}

/** Most that a weight starts away from its grid point, in steps. */
const mostOffset = 0.45;

/**
 * The codes of a slot less the zero point, as variables: each on its own side of its grid point, where the
 * float weight lies, so that those between two points change first.
 */
export function startingCodes(unit: Unit, slot: number): Tensor {
  const { constant, quantizer } = unit.weights[slot] as WeightSlot;
  const weight = unit.quantized.constants.get(constant) as Tensor;
  const scale = spread(quantizer.scale, quantizer, weight);
  const original = unit.float.constants.get(constant) ?? weight;
  const [codes, ratios] = [weight, original].map(
    (value) => toHeap(kernels.div([value, scale], {})).data as Float32Array,
  ) as [Float32Array, Float32Array];
  const values = codes.map((code, i) => {
    const whole = Math.round(code);
    const offset = (ratios[i] as number) - whole;
    return whole + Math.min(mostOffset, Math.max(-mostOffset, offset));
  });
  return tensor(values, weight.shape);
}

/** The quantizer with steps of 1. */
function unitSteps(quantizer: UniformQuantizer): UniformQuantizer {
  return { ...quantizer, scale: quantizer.scale.map(() => 1) };
}

/** Codes less the zero point, rounded and clamped; the gradient passes inside the range. */
export function roundThrough(codes: Tensor, quantizer: UniformQuantizer): Tensor {
  const { granularity, scaleShape, scale, zeroPoint } = quantizer;
  return fakeQuantizeUniform(
    codes,
    tensor(
      scale.map(() => 1),
      scaleShape,
    ),
    tensor(zeroPoint, scaleShape),
    {
      ...codeRange(quantizer),
      axis: granularity.kind === 'perTensor' ? 0 : granularity.axis,
      groupSize: granularity.kind === 'perGroup' ? granularity.size : 0,
    },
  );
}

/** The integer codes of such variables. */
export const codesOf = (variables: Tensor, quantizer: UniformQuantizer): Tensor =>
  encode(variables, unitSteps(quantizer));

/** The codes below, or the next where the variable says so. */
export function roundedCodes(quantizer: UniformQuantizer, below: Tensor, variable: Tensor): Tensor {
  const { min, max: most } = codeRange(quantizer);
  const up = variable.data as Float32Array;
  const codes = (below.data as Float32Array).map((code, i) =>
    Math.min(most, Math.max(min, code + ((up[i] as number) >= 0 ? 1 : 0))),
  );
  const dtype = quantizer.signed ? 'int8' : 'uint8';
  return kernels.cast([tensor(codes, below.shape)], { dtype });
}

/** The quantizer with its steps multiplied; factors below the least count as that. */
export function scaled(
  quantizer: UniformQuantizer,
  factors: Float32Array | undefined,
): UniformQuantizer {
  if (!factors) return quantizer;
  const least = Math.fround(leastFactor);
  const scale = quantizer.scale.map((step, i) =>
    Math.fround(step * Math.max(least, (factors.length === 1 ? factors[0] : factors[i]) as number)),
  );
  return { ...quantizer, scale };
}
