import { random, randomNormal, randomUniform, type Tensor, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  apotCodebook,
  type Codebook,
  codebookOf,
  distributionOf,
  searchLevels,
  ternaryQuantizer,
} from '../src/index.ts';

const ternaryCodebook = codebookOf(ternaryQuantizer([]));

/** The squared error, by the definition. */
function errorOf(x: Tensor, { levels }: Codebook, scale: number, offset: number): number {
  let sum = 0;
  for (const value of x.data as Float32Array) {
    let least = Number.POSITIVE_INFINITY;
    for (const level of levels) least = Math.min(least, (value - level * scale - offset) ** 2);
    sum += least;
  }
  return sum;
}

function skewed(seed: number): Tensor {
  const x = randomNormal([1500], random(seed));
  return tensor((x.data as Float32Array).map((v) => Math.exp(v) - 0.5));
}

const inputs: readonly (readonly [string, Tensor])[] = [
  ['normal', randomNormal([1500], random(1))],
  ['uniform', randomUniform([1500], random(2), -1, 1)],
  ['skewed', skewed(3)],
  [
    'with zeros',
    tensor((randomNormal([900], random(4)).data as Float32Array).map((v) => (v > 0.7 ? v : 0))),
  ],
  ['one value', tensor([3, 3, 3])],
];
const codebooks: readonly (readonly [string, Codebook])[] = [
  ['3-bit weights', apotCodebook({ bits: 3, signed: true, termBits: 2 })],
  ['5-bit weights', apotCodebook({ bits: 5, signed: true, termBits: 2 })],
  ['4-bit magnitudes', apotCodebook({ bits: 4, signed: false, termBits: 2 })],
  ['ternary codes', ternaryCodebook],
];

for (const [name, x] of inputs) {
  const reach = Math.max(...Array.from(x.data as Float32Array, Math.abs));
  test.each(codebooks)(
    `${name} values: no scale tried is better than the one found for %s`,
    (_, codebook) => {
      const { scale, offset } = searchLevels(distributionOf(x.data as Float32Array), codebook, {
        offset: false,
      });
      expect(offset).toBe(0);
      const found = errorOf(x, codebook, scale, 0);
      for (let i = 1; i <= 100; i++) {
        const tried = (reach * i) / 100 / (codebook.levels.at(-1) as number);
        expect(found).toBeLessThanOrEqual(errorOf(x, codebook, tried, 0) * (1 + 1e-6) + 1e-9);
      }
    },
  );
}

test.each(inputs)('%s values: an offset never makes ternary codes worse', (_, x) => {
  const values = distributionOf(x.data as Float32Array);
  const [plain, moved] = [false, true].map((offset) => {
    const fit = searchLevels(values, ternaryCodebook, { offset });
    return errorOf(x, ternaryCodebook, fit.scale, fit.offset);
  }) as [number, number];
  expect(moved).toBeLessThanOrEqual(plain * (1 + 1e-6));
});

test('an offset helps lopsided values much', () => {
  const x = skewed(9);
  const values = distributionOf(x.data as Float32Array);
  const [plain, moved] = [false, true].map((offset) => {
    const fit = searchLevels(values, ternaryCodebook, { offset });
    return errorOf(x, ternaryCodebook, fit.scale, fit.offset);
  }) as [number, number];
  expect(moved).toBeLessThan(0.9 * plain);
});

test('values at the ends of float32 have legal fits', () => {
  const largest = 3.4028234663852886e38;
  for (const list of [[largest, -largest], [1e-45, -1e-45], [largest, largest, 1e-45], [0]]) {
    for (const [, codebook] of codebooks) {
      for (const offset of [false, true]) {
        const fit = searchLevels(distributionOf(Float32Array.from(list)), codebook, { offset });
        const top =
          Math.fround((codebook.levels.at(-1) as number) * fit.scale) + Math.abs(fit.offset);
        expect(fit.scale).toBeGreaterThanOrEqual(2 ** -126);
        expect(Math.fround(top)).toBeLessThanOrEqual(largest);
      }
    }
  }
});
