import { type Shape, sizeOf } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import type { Result } from './kernel.ts';

/** One slice along an axis that goes back to another place, times a weight. */
export interface Entry {
  readonly source: number;
  readonly target: number;
  readonly weight: number;
}

/** Where the slices along one axis go back to. */
export interface AxisEntries {
  readonly axis: number;
  readonly entries: readonly Entry[];
}

/** Entries from the place of each slice; a negative place takes none. */
export function entriesTo(places: readonly number[]): Entry[] {
  return places.flatMap((target, source) => (target < 0 ? [] : [{ source, target, weight: 1 }]));
}

/** Adds slices of `gradient` to `result`, axis by axis; the first axes are done last. */
export function scatterAxes(
  engine: Engine,
  gradient: { readonly address: number; readonly shape: Shape },
  plan: readonly AxisEntries[],
  result: Result,
): void {
  const shape = [...gradient.shape];
  let from = gradient.address;
  const steps = [...plan].sort((a, b) => b.axis - a.axis);
  for (const [i, { axis, entries }] of steps.entries()) {
    const outer = sizeOf(shape.slice(0, axis));
    const inner = sizeOf(shape.slice(axis + 1));
    const count = shape[axis] as number;
    const length = result.shape[axis] as number;
    shape[axis] = length;
    const to = i === steps.length - 1 ? result.address : engine.scratch(sizeOf(shape) * 4);
    engine.wasm.scatterSlices(
      from,
      to,
      ...([outer, count, length, inner, entries.length] as const),
      engine.table(entries.map(({ source }) => source)),
      engine.table(entries.map(({ target }) => target)),
      engine.table(Float32Array.from(entries, ({ weight }) => weight)),
    );
    from = to;
  }
  if (steps.length === 0) engine.wasm.copy(from, result.address, result.size * 4);
}
