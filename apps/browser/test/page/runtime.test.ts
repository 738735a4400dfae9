import { expect, test } from 'vitest';
import { runQuantized } from '../../src/quantized-network.ts';
import { given, isIsolated } from './given.ts';

test('a W4A8 network compiles and runs on integer kernels; one thread and two, Node and page give the same bits', async () => {
  const one = await runQuantized(1);
  const two = await runQuantized(2);
  expect(two.threads).toBe(isIsolated ? 2 : 1);
  expect(one.compiled).toHaveLength(16);
  expect(two.compiled).toEqual(one.compiled);
  expect(one.packed).toEqual(one.compiled);
  expect(one.kernels.filter((kernel) => kernel === 'integerConv2d').length).toBe(7);
  expect(one.kernels).not.toContain('conv2d');
  const power = one.simulated.reduce((sum, value) => sum + value ** 2, 0);
  const noise = one.simulated.reduce(
    (sum, value, i) => sum + (value - (one.compiled[i] as number)) ** 2,
    0,
  );
  expect(power).toBeGreaterThan(0);
  expect(noise).toBeLessThan(1e-3 * power);
  if (given) expect(one.compiled).toEqual(given.quantizedInNode);
});
