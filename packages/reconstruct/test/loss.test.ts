import {
  random,
  randomNormal,
  randomUniform,
  type Tensor,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type LossKind, lossGradient, lossOf } from '../src/loss.ts';
import { outputGradient } from '../src/rest-of-network.ts';
import type { UnitOutput } from '../src/units.ts';

const stream = random(3);
const shape = [2, 3, 2, 2];
const difference = randomNormal(shape, stream);
const weights = randomUniform(shape, stream, 0.5, 2);
const output: UnitOutput = { float: 'y', quantized: 'y', channelAxis: 1 };

/** The losses spelled out: mean over samples and places, sum over channels. */
const losses: { readonly [K in LossKind]: (d: readonly number[], power: number) => number } = {
  meanSquare: (d, power) => d.reduce((sum, x) => sum + Math.abs(x) ** power, 0) / 8,
  fisherDiagonal: (d) => d.reduce((sum, x, i) => sum + (weights.data[i] as number) * x * x, 0) / 8,
  fisherFull: (d) => {
    const totals = [0, 0];
    d.forEach((x, i) => {
      const sample = i < 12 ? 0 : 1;
      totals[sample] = (totals[sample] as number) + Math.abs(x) * (weights.data[i] as number);
    });
    // Mean over places and samples, sum over channels, of what a rank-1 weight gives each element.
    return totals.reduce((sum, total) => sum + (total * total) / 12, 0) / 8;
  },
};

test.each([
  ['meanSquare', 2],
  ['meanSquare', 2.4],
  ['fisherDiagonal', 2],
  ['fisherFull', 2],
] as const)('the derivative of %s with power %d agrees with differences', (kind, power) => {
  const slope = toNumbers(lossGradient(kind, difference, output, power, weights));
  const values = toNumbers(difference);
  values.forEach((value, i) => {
    const at = (x: number): number => losses[kind](values.with(i, x), power);
    const expected = (at(value + 1e-4) - at(value - 1e-4)) / 2e-4;
    expect(slope[i]).toBeCloseTo(expected, 3);
  });
});

test('weights of 1 give the plain loss', () => {
  const ones = tensor(new Float32Array(difference.size).fill(1), shape);
  const plain = toNumbers(lossGradient('meanSquare', difference, output, 2, undefined));
  const weighted = toNumbers(lossGradient('fisherDiagonal', difference, output, 2, ones));
  expect(weighted).toEqual(plain);
});

test.each(['meanSquare', 'fisherDiagonal', 'fisherFull'] as const)('%s as spelled out', (kind) => {
  const expected = losses[kind](toNumbers(difference), 2);
  expect(lossOf(kind, difference, output, weights)).toBeCloseTo(expected, 5);
});

test('losses of rows sum over the columns; all agree where everything is 1', () => {
  const ones = tensor(new Float32Array(20).fill(1), [4, 5]);
  for (const kind of ['meanSquare', 'fisherDiagonal', 'fisherFull'] as const) {
    expect(lossOf(kind, ones, output, ones)).toBeCloseTo(5, 5);
  }
});

test('outputs differ by the divergence of their softmax, or by squares', () => {
  const [p, q] = [randomNormal([2, 4], stream), randomNormal([2, 4], stream)];
  const divergence = (scores: readonly number[], temperature: number): number => {
    let sum = 0;
    for (let row = 0; row < 8; row += 4) {
      const soft = (all: readonly number[]): number[] => {
        const exps = all.slice(row, row + 4).map((x) => Math.exp(x / temperature));
        return exps.map((x) => x / exps.reduce((a, b) => a + b));
      };
      const [a, b] = [soft(toNumbers(p)), soft(scores)];
      a.forEach((share, i) => {
        sum += share * Math.log(share / (b[i] as number));
      });
    }
    return sum;
  };
  for (const temperature of [1, 4]) {
    const slope = toNumbers(outputGradient(p, q, temperature));
    toNumbers(q).forEach((value, i) => {
      const at = (x: number): number => divergence(toNumbers(q).with(i, x), temperature);
      expect(slope[i]).toBeCloseTo((at(value + 1e-4) - at(value - 1e-4)) / 2e-4, 4);
    });
  }
  const map = (x: Tensor): Tensor => tensor(x.data as Float32Array, [1, 1, 2, 4]);
  expect(toNumbers(outputGradient(map(p), map(q)))).toEqual(
    toNumbers(q).map((value, i) => Math.fround(value - (toNumbers(p)[i] as number))),
  );
});
