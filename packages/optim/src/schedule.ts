import { checkOption, OptimError } from './errors.ts';

/** A rate by the number of updates made so far: 0 at the first one. */
export type Schedule = (step: number) => number;

/** A constant rate or one that changes. */
export type Rate = number | Schedule;

/** The rate at `step`. */
export function rateAt(rate: Rate, step: number): number {
  return typeof rate === 'number' ? rate : rate(step);
}

const checkSteps = (steps: number): void => checkOption('steps', steps, 1);

/** From `from` to `to` in a straight line over `steps` updates, then `to`. */
export function linear(from: number, to: number, steps: number): Schedule {
  checkSteps(steps);
  return (step) => from + (to - from) * Math.min(step / steps, 1);
}

/**
 * Half a cosine from `rate` to `floor` over `steps` updates, then `floor` (SGDR, Loshchilov and
 * Hutter 2017, eq. 5, without restarts).
 */
export function cosine(rate: number, steps: number, floor = 0): Schedule {
  checkSteps(steps);
  return (step) =>
    floor + ((rate - floor) * (1 + Math.cos(Math.PI * Math.min(step / steps, 1)))) / 2;
}

/**
 * `rate`, multiplied by `factor` at each milestone: step numbers, or one number to do so every so
 * many steps.
 */
export function stepDecay(
  rate: number,
  milestones: number | readonly number[],
  factor = 0.1,
): Schedule {
  if (typeof milestones === 'number') {
    checkOption('milestones', milestones, 1);
    return (step) => rate * factor ** Math.floor(step / milestones);
  }
  return (step) => rate * factor ** milestones.filter((milestone) => step >= milestone).length;
}

/** One schedule after another: each entry for so many steps, counted from 0; the last for ever. */
export function sequence(parts: readonly (readonly [rate: Rate, steps: number])[]): Schedule {
  const last = parts.at(-1);
  if (!last) throw new OptimError('sequence of no schedules: expected at least one');
  for (const [, steps] of parts) checkOption('steps', steps, 0);
  return (step) => {
    let left = step;
    for (const [rate, steps] of parts.slice(0, -1)) {
      if (left < steps) return rateAt(rate, left);
      left -= steps;
    }
    return rateAt(last[0], left);
  };
}

/** In `steps` equal steps up to the first value of `rate`, which follows from its beginning. */
export function warmUp(rate: Rate, steps: number): Schedule {
  checkSteps(steps);
  const target = rateAt(rate, 0);
  return sequence([
    [(step) => (target * (step + 1)) / (steps + 1), steps],
    [rate, Number.MAX_SAFE_INTEGER],
  ]);
}
