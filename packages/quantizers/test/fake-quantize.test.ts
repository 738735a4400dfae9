import { type Tensor, tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  apot,
  type Bits,
  codebookOf,
  codeRange,
  decode,
  encode,
  fakeQuantize,
  parseQuantizer,
  perChannel,
  perGroup,
  perTensor,
  type Quantizer,
  rangeMethods,
  ternary,
  uniform,
} from '../src/index.ts';

const largest = 3.4028234663852886e38;
const value = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ min: -4, max: 4, noNaN: true }),
  fc.constantFrom(0, -0, 1e-45, -1e-45, 1e-39, 1.1754943508222875e-38, largest, -largest, 0.5),
);
const shape = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 3 }),
);
const values = fc.tuple(shape, fc.boolean()).chain(([dims, constant]) =>
  fc.tuple(
    fc.constant(dims),
    constant
      ? value.map((x) => new Array<number>(dims[0] * dims[1] * dims[2]).fill(x))
      : fc.array(value, {
          minLength: dims[0] * dims[1] * dims[2],
          maxLength: dims[0] * dims[1] * dims[2],
        }),
  ),
);
const granularity = fc.oneof(
  fc.constant(perTensor),
  fc.integer({ min: 0, max: 2 }).map(perChannel),
  fc
    .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 6 }))
    .map(([axis, size]) => perGroup(axis, size)),
);
const options = fc.record({
  bits: fc.integer({ min: 2, max: 8 }) as fc.Arbitrary<Bits>,
  kind: fc.constantFrom(
    { symmetric: true },
    { symmetric: false, signed: true },
    { symmetric: false, signed: false },
  ),
  narrow: fc.boolean(),
  granularity,
  observer: fc.constantFrom(...rangeMethods),
});
const bitsOf = (x: Float32Array): Uint32Array => new Uint32Array(x.slice().buffer);

/** Fits `fit` to some values and checks that encode, decode, fakeQuantize and JSON agree on those and others. */
function checkContract<Fit>(fits: fc.Arbitrary<Fit>, fit: (x: Tensor, options: Fit) => Quantizer) {
  fc.assert(
    fc.property(values, values, fits, ([dims, fitted], [, other], chosen) => {
      const x = tensor(Float32Array.from(fitted), dims);
      const q = fit(x, chosen);
      const extra = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, ...other];
      const foreign = Float32Array.from(fitted, (_, i) => extra[i % extra.length] as number);
      const { min, max, dtype } = codesOf(q);
      for (const input of [x, tensor(foreign, dims)]) {
        const codes = encode(input, q);
        expect(codes.dtype).toBe(dtype);
        for (const code of codes.data) {
          expect(code).toBeGreaterThanOrEqual(min);
          expect(code).toBeLessThanOrEqual(max);
        }
        const direct = fakeQuantize(input, q).data as Float32Array;
        expect(direct.every(Number.isFinite)).toBe(true);
        expect(bitsOf(decode(codes, q).data as Float32Array)).toEqual(bitsOf(direct));
      }
      const again = fakeQuantize(fakeQuantize(x, q), q).data as Float32Array;
      expect(bitsOf(again)).toEqual(bitsOf(fakeQuantize(x, q).data as Float32Array));
      expect(parseQuantizer(JSON.stringify(q))).toEqual(q);
    }),
    { numRuns: 400 },
  );
}

function codesOf(q: Quantizer): { min: number; max: number; dtype: 'int8' | 'uint8' } {
  if (q.scheme === 'uniform') return { ...codeRange(q), dtype: q.signed ? 'int8' : 'uint8' };
  const { min, levels } = codebookOf(q);
  return { min, max: min + levels.length - 1, dtype: min < 0 ? 'int8' : 'uint8' };
}

test('uniform: decode(encode(x)) is fakeQuantize(x) bit for bit, for anything fitted or not', () => {
  checkContract(options, (x, { kind, ...rest }) => uniform({ ...rest, ...kind }).fit(x));
});

test('apot: decode(encode(x)) is fakeQuantize(x) bit for bit, for anything fitted or not', () => {
  const fits = fc.record({
    bits: fc.integer({ min: 2, max: 8 }) as fc.Arbitrary<Bits>,
    signed: fc.boolean(),
    termBits: fc.constantFrom(1, 2),
    granularity,
    observer: fc.constantFrom('minMax' as const, 'mse' as const),
  });
  checkContract(fits, (x, chosen) => apot(chosen).fit(x));
});

test('ternary: decode(encode(x)) is fakeQuantize(x) bit for bit, for anything fitted or not', () => {
  const kind = fc.constantFrom(
    { observer: 'mse', offset: false } as const,
    { observer: 'mse', offset: true } as const,
    { observer: 'twn', offset: false } as const,
  );
  checkContract(fc.record({ kind, granularity }), (x, chosen) =>
    ternary({ ...chosen.kind, granularity: chosen.granularity }).fit(x),
  );
});

test('what a fitted quantizer does to its own tensor stays within half a step of the min-max range', () => {
  fc.assert(
    fc.property(values, options, ([dims, list], { kind, ...rest }) => {
      const x = tensor(Float32Array.from(list), dims);
      const q = uniform({ ...rest, ...kind, granularity: perTensor, observer: 'minMax' }).fit(x);
      const step = q.scale[0] as number;
      const y = fakeQuantize(x, q).data as Float32Array;
      // Rounding the zero point may move the window by half a step.
      x.data.forEach((value, i) => {
        expect(Math.abs(value - (y[i] as number))).toBeLessThanOrEqual(step * 1.001);
      });
    }),
  );
});

test('NaN becomes the smallest code, infinities the outermost', () => {
  const q = uniform({ bits: 4, symmetric: false, observer: 'minMax' }).fit(tensor([-5, 10]));
  const x = tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  expect([...fakeQuantize(x, q).data]).toEqual([-5, 10, -5]);
  expect([...encode(x, q).data]).toEqual([0, 15, 0]);
});

test('all-zero and constant tensors have usable grids', () => {
  for (const symmetric of [true, false]) {
    for (const observer of rangeMethods) {
      const fit = (x: number) => {
        const input = tensor([x, x, x]);
        return fakeQuantize(input, uniform({ bits: 8, symmetric, observer }).fit(input)).data[0];
      };
      expect(fit(0)).toBe(0);
      expect(fit(3)).toBeCloseTo(3, 1);
      expect(fit(-3)).toBeCloseTo(-3, 1);
    }
  }
});
