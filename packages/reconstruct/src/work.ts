// How much work each unit is, so that progress counts all that remains and not only the running pass.

import { describe, type Graph } from '@subbyte/graph';
import type { PassSettings } from './passes.ts';
import type { NamedBatch } from './sample-chunks.ts';
import type { Unit } from './units.ts';

/** One pass with the units it runs over; `learns` tells which of them have anything to learn. */
export interface PlannedPass {
  readonly settings: PassSettings;
  readonly units: readonly Unit[];
  readonly learns: readonly boolean[];
}

/** How far a reconstruction is. */
export interface WorkDone {
  /** Updates of all units of all passes. */
  readonly done: number;
  readonly total: number;
  /** The same with every update counted by the multiply-accumulates of its unit, from 0 to 1. */
  readonly share: number;
}

/**
 * Tells how far the work is when a unit of a pass has had `iteration` updates.
 * @param sample Some samples, by which the sizes of all layers are known.
 */
export function workOf(
  float: Graph,
  passes: readonly PlannedPass[],
  sample: NamedBatch | undefined,
): (pass: number, unit: number, iteration: number) => WorkDone {
  const shapes =
    sample && Object.fromEntries(Object.entries(sample).map(([name, { shape }]) => [name, shape]));
  const macs = new Map(describe(float, shapes).layers.map((layer) => [layer.name, layer.macs]));
  const costOf = ({ layers }: Unit): number =>
    layers.reduce((sum, name) => sum + (macs.get(name) ?? 0), 0) || 1;
  let [updates, cost] = [0, 0];
  const starts = passes.map(({ settings: { iterations }, units, learns }) =>
    units.map((unit, i) => {
      const start = { updates, cost, each: costOf(unit) };
      if (learns[i]) {
        updates += iterations;
        cost += iterations * start.each;
      }
      return start;
    }),
  );
  return (pass, unit, iteration) => {
    const start = starts[pass]?.[unit] ?? { updates: 0, cost: 0, each: 0 };
    return {
      done: start.updates + iteration,
      total: updates,
      share: (start.cost + iteration * start.each) / cost,
    };
  };
}
