import { expect, test } from 'vitest';
import { shortTraining } from '../../src/short-training.ts';
import { given, isIsolated } from './given.ts';

const one = await shortTraining(1);

test('the loss falls, with SGD and with Adam', () => {
  const half = one.losses.length / 2;
  for (const losses of [one.losses.slice(0, half), one.losses.slice(half)]) {
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
  }
});

test('two threads train to the bytes of one', async () => {
  const two = await shortTraining(2);
  expect(two.threads).toBe(isIsolated ? 2 : 1);
  expect(two.digest).toBe(one.digest);
});

test.skipIf(!given)('a page trains to the bytes of Node', () => {
  expect(one.losses).toEqual(given?.fromNode.losses);
  expect(one.digest).toBe(given?.fromNode.digest);
});
