import { random } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { coverRange } from '../src/grid.ts';
import {
  type Bits,
  codeRange,
  distributionOf,
  type Grid,
  type GridSpec,
  makeGrid,
  searchGrid,
} from '../src/index.ts';

function loss(values: Float32Array, spec: GridSpec, { scale, zeroPoint }: Grid): number {
  const { min, max } = codeRange(spec);
  let sum = 0;
  for (const x of values) {
    const code = Math.min(Math.max(Math.round(x / scale) + zeroPoint, min), max);
    sum += Math.abs(x - (code - zeroPoint) * scale) ** 2.4;
  }
  return sum;
}

function bruteForce(values: Float32Array, spec: GridSpec, search: 'shrink' | 'window'): number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const base = coverRange(spec, low, high);
  const { min, max } = codeRange(spec);
  const moves = search === 'window' && !spec.symmetric && low < 0 && high > 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < (search === 'shrink' ? 80 : 100); i++) {
    for (let zeroPoint = min; zeroPoint <= max; zeroPoint++) {
      if (!moves && zeroPoint !== base.zeroPoint) continue;
      const grid = makeGrid(spec, base.scale * (1 - i / 100), zeroPoint);
      least = Math.min(least, loss(values, spec, grid));
    }
  }
  return least;
}

const stream = random(3);
const shapes: Record<string, (i: number) => number> = {
  normal: () => stream.normal(),
  skewed: () => stream.normal() ** 3 + 0.5,
  relu: () => Math.max(0, stream.normal()),
  negative: () => -Math.abs(stream.normal()),
  hardSwish: () => {
    const x = stream.normal() * 4;
    return (x * Math.min(Math.max(x + 3, 0), 6)) / 6;
  },
  outlier: (i) => (i === 0 ? 40 : stream.normal()),
};

test.each(Object.keys(shapes))('the pruned search finds what brute force finds: %s', (name) => {
  for (const bits of [2, 3, 4, 6, 8] as Bits[]) {
    const values = Float32Array.from({ length: 300 }, (_, i) => shapes[name]?.(i) ?? 0);
    for (const symmetric of [true, false]) {
      for (const search of ['shrink', 'window'] as const) {
        const spec: GridSpec = { bits, signed: symmetric, narrow: false, symmetric };
        const method = { kind: 'mse', search, power: 2.4 } as const;
        const found = loss(values, spec, searchGrid(distributionOf(values), spec, method));
        const least = bruteForce(values, spec, search);
        expect(found).toBeLessThanOrEqual(least * (1 + 1e-5));
      }
    }
  }
});
