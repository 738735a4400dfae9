import { type Shape, sizeOf } from '@subbyte/tensor';

/** A shape with one list of strides per array that is walked along it. */
export interface Grid {
  readonly shape: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** Drops axes of size 1 and joins neighbours that all arrays run through without a gap. */
export function collapse(shape: Shape, strides: readonly (readonly number[])[]): Grid {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size === 1) continue;
    const joined = sizes[0];
    const joins =
      joined !== undefined &&
      strides.every((list, i) => list[axis] === (steps[i]?.[0] as number) * joined);
    if (joins) sizes[0] = joined * size;
    else {
      sizes.unshift(size);
      strides.forEach((list, i) => {
        steps[i]?.unshift(list[axis] as number);
      });
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    for (const list of steps) list.push(1);
  }
  return { shape: sizes, strides: steps };
}

/** Size and both strides (times `unit`) of each axis in a row, then room for the counters. */
export function gridTable(grid: Grid, unit: number): number[] {
  const [a, b] = grid.strides as readonly [readonly number[], readonly number[]];
  const entries = grid.shape.flatMap((size, i) => [
    size,
    (a[i] as number) * unit,
    (b[i] as number) * unit,
  ]);
  return [...entries, ...grid.shape.map(() => 0)];
}

/** How an axis splits a shape: elements before it, along it, after it. */
export interface AxisSplit {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Splits `shape` at `axis`. */
export function splitAt(shape: Shape, axis: number): AxisSplit {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    length: shape[axis] as number,
    inner: sizeOf(shape.slice(axis + 1)),
  };
}
