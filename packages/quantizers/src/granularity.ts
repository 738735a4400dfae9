import { normalizeAxis, type Shape, type Tensor } from '@subbyte/tensor';
import { QuantizerError } from './errors.ts';
import type { Granularity } from './types.ts';

/** One scale for the whole tensor. */
export const perTensor: Granularity = { kind: 'perTensor' };

/** One scale per index of `axis`; a negative axis counts from the end. */
export function perChannel(axis: number): Granularity {
  return { kind: 'perChannel', axis };
}

/** One scale per `size` consecutive elements along `axis`; the last group may be shorter. */
export function perGroup(axis: number, size: number): Granularity {
  return { kind: 'perGroup', axis, size };
}

/**
 * `granularity` with its axis counted from the front of a tensor of rank `rank`.
 * @throws TensorError when the axis lies outside; QuantizerError for a group size below 1.
 */
export function resolveGranularity(granularity: Granularity, rank: number): Granularity {
  if (granularity.kind === 'perTensor') return perTensor;
  if (granularity.kind === 'perGroup') {
    const { size } = granularity;
    if (!Number.isInteger(size) || size < 1) {
      throw new QuantizerError(`group size ${size}: expected a whole number of at least 1`);
    }
  }
  return { ...granularity, axis: normalizeAxis(granularity.axis, rank) };
}

/**
 * Shape of the scales for a tensor of `shape`: `[]` per tensor, `[channels]` per channel, and per
 * group `shape` with its axis divided by the group size, rounded up.
 */
export function scaleShapeOf(shape: Shape, granularity: Granularity): number[] {
  const resolved = resolveGranularity(granularity, shape.length);
  if (resolved.kind === 'perTensor') return [];
  const along = shape[resolved.axis] as number;
  if (resolved.kind === 'perChannel') return [along];
  return shape.with(resolved.axis, Math.ceil(along / resolved.size));
}

/** A function from the place of an element in a tensor of `shape` to the place of its scale. */
export function scaleIndexOf(shape: Shape, granularity: Granularity): (index: number) => number {
  const resolved = resolveGranularity(granularity, shape.length);
  if (resolved.kind === 'perTensor') return () => 0;
  const along = shape[resolved.axis] as number;
  const inner = shape.slice(resolved.axis + 1).reduce((a, b) => a * b, 1);
  if (resolved.kind === 'perChannel') return (index) => Math.floor(index / inner) % along;
  const { size } = resolved;
  const groups = Math.ceil(along / size);
  return (index) => {
    const line = Math.floor(index / inner);
    const group = Math.floor((line % along) / size);
    return (Math.floor(line / along) * groups + group) * inner + (index % inner);
  };
}

/**
 * Calls `visit` with the elements of each group that shares a scale, in the order of the scales.
 * The array is reused: copy what must outlive the call.
 */
export function forEachGroup(
  input: Tensor<'float32'>,
  granularity: Granularity,
  visit: (values: Float32Array, index: number) => void,
): void {
  const resolved = resolveGranularity(granularity, input.shape.length);
  const data = input.data;
  if (resolved.kind === 'perTensor') {
    visit(data, 0);
    return;
  }
  const along = input.shape[resolved.axis] as number;
  const inner = input.shape.slice(resolved.axis + 1).reduce((a, b) => a * b, 1);
  const outer = along === 0 || inner === 0 ? 0 : input.size / (along * inner);
  let index = 0;
  if (resolved.kind === 'perChannel') {
    const values = new Float32Array(outer * inner);
    for (let channel = 0; channel < along; channel++) {
      for (let o = 0; o < outer; o++) {
        const start = (o * along + channel) * inner;
        values.set(data.subarray(start, start + inner), o * inner);
      }
      visit(values, index++);
    }
    return;
  }
  const buffer = new Float32Array(Math.min(resolved.size, along));
  for (let o = 0; o < outer; o++) {
    for (let first = 0; first < along; first += resolved.size) {
      const values = buffer.subarray(0, Math.min(resolved.size, along - first));
      for (let i = 0; i < inner; i++) {
        for (let k = 0; k < values.length; k++) {
          values[k] = data[(o * along + first + k) * inner + i] as number;
        }
        visit(values, index++);
      }
    }
  }
}
