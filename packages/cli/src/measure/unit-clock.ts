import type { ProgressEvent, UnitProgress } from '@subbyte/quantize';

/** Follows reconstruction by its progress: libraries read no clocks. */
export interface UnitClock {
  /** To be called with every event of every stage. */
  tick(event: Pick<ProgressEvent, 'stage' | 'unit'>): void;
  /** Seconds a unit took, with what its loss was measured by; `undefined`: it was not learned now. */
  secondsOf(pass: string, name: string): number | undefined;
  /** Seconds until the running pass ends, judged by its iterations so far. */
  secondsLeft(): number | undefined;
}

/** Starts the clock. `now` gives milliseconds. */
export function unitClock(now: () => number = () => performance.now()): UnitClock {
  const spent = new Map<string, number>();
  let last = now();
  let key: string | undefined;
  let pass: { name: string; start: number; learned: number; left: number } | undefined;
  let before: UnitProgress | undefined;
  return {
    tick: ({ unit }) => {
      const time = now();
      const next = unit && `${unit.pass}/unit.${unit.unit}`;
      // Time between two units goes to the one that begins: it needs what the one before gives.
      const owner = next ?? key;
      if (owner !== undefined) {
        spent.set(owner, (spent.get(owner) ?? 0) + (time - last) / 1000);
      }
      if (unit) {
        const isSame = before?.pass === unit.pass && before.unit === unit.unit;
        if (pass?.name !== unit.pass) pass = { name: unit.pass, start: last, learned: 0, left: 0 };
        const from = isSame ? (before?.iteration ?? 0) : 0;
        const missed =
          before && !isSame && before.pass === unit.pass ? before.iterations - before.iteration : 0;
        pass.learned += missed + unit.iteration - from;
        pass.left = (unit.units - unit.unit) * unit.iterations - unit.iteration;
      }
      before = unit;
      key = next;
      last = time;
    },
    secondsOf: (name, unit) => spent.get(`${name}/${unit}`),
    secondsLeft: () =>
      pass && pass.learned > 0
        ? ((last - pass.start) / 1000 / pass.learned) * pass.left
        : undefined,
  };
}
