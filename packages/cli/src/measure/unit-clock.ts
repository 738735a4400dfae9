import type { ProgressEvent } from '@subbyte/quantize';

/** Follows reconstruction by its progress: libraries read no clocks. */
export interface UnitClock {
  /** To be called with every event of every stage. */
  tick(event: Pick<ProgressEvent, 'stage' | 'unit' | 'share'>): void;
  /** Seconds a unit took, with what its loss was measured by; `undefined`: it was not learned now. */
  secondsOf(pass: string, name: string): number | undefined;
  /** Seconds until the last pass ends, judged by the work so far. */
  secondsLeft(): number | undefined;
}

/** Starts the clock. `now` gives milliseconds. */
export function unitClock(now: () => number = () => performance.now()): UnitClock {
  const spent = new Map<string, number>();
  let last = now();
  let key: string | undefined;
  /** Where the work began: behind the units that a checkpoint had. */
  let start: { readonly time: number; readonly share: number } | undefined;
  let done = 0;
  return {
    tick: ({ unit, share = 0 }) => {
      const time = now();
      const next = unit && `${unit.pass}/unit.${unit.unit}`;
      // Time between two units goes to the one that begins: it needs what the one before gives.
      const owner = next ?? key;
      if (owner !== undefined) {
        spent.set(owner, (spent.get(owner) ?? 0) + (time - last) / 1000);
      }
      if (unit) {
        start ??= { time, share };
        done = share;
      }
      key = next;
      last = time;
    },
    secondsOf: (name, unit) => spent.get(`${name}/${unit}`),
    secondsLeft: () =>
      start && done > start.share
        ? ((last - start.time) / 1000 / (done - start.share)) * (1 - done)
        : undefined,
  };
}
