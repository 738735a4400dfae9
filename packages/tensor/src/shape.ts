import { TensorError } from './errors.ts';

/** Sizes along each axis, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The largest number of elements a tensor may have (2^31 - 1: offsets stay exact in WASM). */
export const maxElements: number = 2 ** 31 - 1;

/**
 * Number of elements of `shape`.
 * @throws TensorError for sizes that are negative, fractional or too many in all.
 */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const dimension of shape) {
    if (!Number.isInteger(dimension) || dimension < 0) {
      throw new TensorError(`shape [${shape}]: ${dimension} is not a size`);
    }
    size *= dimension;
  }
  if (size > maxElements) {
    throw new TensorError(`shape [${shape}] has ${size} elements, at most ${maxElements} fit`);
  }
  return size;
}

/** Row-major strides of `shape`, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] as number;
  }
  return strides;
}

/** Whether two shapes have the same rank and sizes. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * The shape that `a` and `b` broadcast to (NumPy rules: align at the right, size 1 stretches).
 * @throws TensorError when a pair of sizes differs and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new TensorError(`shapes [${a}] and [${b}] do not broadcast: ${x} against ${y}`);
    }
    result[i] = x === 1 ? y : x;
  }
  return result;
}

/**
 * Strides that read `shape` as if it were broadcast to `target`: 0 along stretched axes.
 * `target` must be a shape that `shape` broadcasts to.
 */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = stridesOf(shape);
  const lead = target.length - shape.length;
  return target.map((_, axis) => {
    const own = axis - lead;
    return own < 0 || shape[own] === 1 ? 0 : (strides[own] as number);
  });
}

/**
 * `axis` counted from the front: -1 becomes `rank - 1`.
 * @throws TensorError when it lies outside `[-rank, rank)`.
 */
export function normalizeAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new TensorError(`axis ${axis} is outside a tensor of rank ${rank}`);
  }
  return axis < 0 ? axis + rank : axis;
}
