// Facts of the papers: BRECQ section 3, AdaRound eq. 22 to 25.
import { valueAndGrad } from '@subbyte/autograd';
import { type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  annealedExponent,
  isSettled,
  roundingPenalty,
  roundingVariable,
  softRound,
} from '../src/soft-rounding.ts';

test('the variable of a fraction gives that fraction back', () => {
  const known = [
    [0, -2.397895],
    [0.1, -1.609438],
    [0.25, -0.887303],
    [0.5, 0],
    [0.75, 0.887303],
    [0.9, 1.609438],
  ] as const;
  for (const [fraction, variable] of known) {
    expect(roundingVariable(fraction)).toBeCloseTo(variable, 5);
    const [share] = toNumbers(softRound(tensor([roundingVariable(fraction)])));
    expect(share).toBeCloseTo(fraction, 6);
  }
});

test('the exponent stays at 20 while warming up, then falls in a line to 2', () => {
  const at = (step: number): number => annealedExponent(step, 20_000, 0.2);
  expect([3999, 4000, 8000, 12_000, 16_000, 20_000].map(at)).toEqual([20, 20, 15.5, 11, 6.5, 2]);
});

test('rounding is settled where every share is 0 or 1, and only there', () => {
  const settled = tensor([-2.4, 2.4, 7, -30]);
  expect(toNumbers(softRound(settled))).toEqual([0, 1, 1, 0]);
  expect(isSettled([settled, settled])).toBe(true);
  expect(isSettled([settled, tensor([2.4, 2.39])])).toBe(false);
});

test('the penalty is a sum that is 0 where all is rounded', () => {
  const penalty = (share: number, exponent: number): number =>
    toNumbers(roundingPenalty(tensor([share]), exponent))[0] as number;
  for (const exponent of [2, 11, 20]) {
    expect(penalty(0, exponent)).toBeCloseTo(0, 6);
    expect(penalty(1, exponent)).toBeCloseTo(0, 6);
    expect(penalty(0.5, exponent)).toBeCloseTo(1, 6);
  }
  const quarter = [20, 11, 2].map((exponent) => penalty(0.25, exponent));
  const tenth = [20, 11, 2].map((exponent) => penalty(0.1, exponent));
  for (const [i, value] of [0.999999, 0.999512, 0.75].entries()) {
    expect(quarter[i]).toBeCloseTo(value, 5);
  }
  for (const [i, value] of [0.988471, 0.914101, 0.36].entries()) {
    expect(tenth[i]).toBeCloseTo(value, 5);
  }
  const three = roundingPenalty(tensor([0.5, 0.5, 0.5]), 7);
  expect(toNumbers(three)[0]).toBeCloseTo(3, 5);
});

/** Derivative of the penalty with respect to the variable. */
function slope(fraction: number, exponent: number): number {
  const { gradient } = valueAndGrad((variable: Tensor) =>
    roundingPenalty(softRound(variable), exponent),
  )(tensor([roundingVariable(fraction)]));
  return toNumbers(gradient)[0] as number;
}

test('the penalty pushes away from the middle, agrees with differences, and rests at the ends', () => {
  for (const exponent of [2, 5, 11]) {
    expect(slope(0.5, exponent)).toBeCloseTo(0, 6);
    for (const fraction of [0.1, 0.3, 0.45, 0.6, 0.85]) {
      const value = (variable: number): number => {
        const share = softRound(tensor(Float64Array.of(variable), [1], 'float64'));
        return toNumbers(roundingPenalty(share, exponent))[0] as number;
      };
      const variable = roundingVariable(fraction);
      const difference = (value(variable + 1e-4) - value(variable - 1e-4)) / 2e-4;
      expect(slope(fraction, exponent)).toBeCloseTo(difference, 3);
      // Descending, small fractions fall and large ones rise.
      expect(Math.sign(slope(fraction, exponent))).toBe(fraction < 0.5 ? 1 : -1);
    }
  }
  const ends = valueAndGrad((variable: Tensor) => roundingPenalty(softRound(variable), 4))(
    tensor([-5, 5]),
  );
  expect(toNumbers(ends.gradient).map(Math.abs)).toEqual([0, 0]);
});
