import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type ConvTranspose2dOptions, KernelError, reference } from '../src/index.ts';

const plain = { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;

type Sizes = readonly [number, number, number, number];

/** Conv2d by its definition: one sum per output element, reading zeros outside the image. */
function byDefinition(
  x: readonly number[],
  [, channels, height, width]: Sizes,
  w: readonly number[],
  [outputs, perGroup, kh, kw]: Sizes,
  [batch, , rows, columns]: Sizes,
  { strides, dilations, padding, groups }: Omit<ConvTranspose2dOptions, 'outputPadding'>,
): number[] {
  const result: number[] = [];
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          const group = Math.floor((o * groups) / outputs);
          for (let c = 0; c < perGroup; c++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const y = row * strides[0] + ky * dilations[0] - padding[0];
                const z = column * strides[1] + kx * dilations[1] - padding[1];
                if (y < 0 || z < 0 || y >= height || z >= width) continue;
                const channel = group * perGroup + c;
                sum +=
                  (x[((n * channels + channel) * height + y) * width + z] as number) *
                  (w[((o * perGroup + c) * kh + ky) * kw + kx] as number);
              }
          result.push(sum);
        }
  return result;
}

test('a hand-computed convolution with bias, padding and activation', () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
  const weight = tensor([1, 0, 0, -1], [1, 1, 2, 2]);
  expect(toNumbers(reference.conv2d([x, weight, tensor([10])], plain))).toEqual([6, 6, 6, 6]);
  const padded = reference.conv2d([x, weight], {
    ...plain,
    padding: [1, 1, 0, 0],
    activation: { kind: 'relu' },
  });
  expect(padded.shape).toEqual([1, 1, 3, 3]);
  expect(toNumbers(padded)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const negated = reference.conv2d([x, weight], {
    ...plain,
    padding: [1, 1, 0, 0],
    activation: { kind: 'clip', min: -3, max: -2 },
  });
  expect(toNumbers(negated)).toEqual([-2, -2, -3, -3, -3, -3, -3, -3, -3]);
});

test('random convolutions equal the definition; transposed ones are their adjoint', () => {
  const r = random(7);
  for (let i = 0; i < 60; i++) {
    const groups = 1 + r.integer(3);
    const inputs = groups * (1 + r.integer(3));
    const outputs = groups * (1 + r.integer(3));
    const options = {
      groups,
      strides: [1 + r.integer(3), 1 + r.integer(3)],
      dilations: [1 + r.integer(2), 1 + r.integer(3)],
      padding: [r.integer(3), r.integer(3), r.integer(3), r.integer(3)],
    } as const;
    const x = randomNormal([1 + r.integer(2), inputs, 6 + r.integer(4), 7 + r.integer(4)], r);
    const weight = randomNormal([outputs, inputs / groups, 1 + r.integer(3), 1 + r.integer(3)], r);
    const y = reference.conv2d([x, weight], options);
    const expected = byDefinition(
      toNumbers(x),
      x.shape as unknown as Sizes,
      toNumbers(weight),
      weight.shape as unknown as Sizes,
      y.shape as unknown as Sizes,
      options,
    );
    toNumbers(y).forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k] as number, 4);
    });

    // <conv(x), z> = <x, convT(z)>, when output padding restores the size of x.
    const z = randomNormal(y.shape, r);
    const size = (axis: 0 | 1): number =>
      ((y.shape[axis + 2] as number) - 1) * options.strides[axis] +
      options.dilations[axis] * ((weight.shape[axis + 2] as number) - 1) +
      1 -
      options.padding[axis] -
      options.padding[(axis + 2) as 2 | 3];
    const outputPadding = [
      (x.shape[2] as number) - size(0),
      (x.shape[3] as number) - size(1),
    ] as const;
    const back = reference.convTranspose2d([z, weight], { ...options, outputPadding });
    expect(back.shape).toEqual(x.shape);
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, v, k) => sum + v * (b[k] as number), 0);
    expect(dot(toNumbers(back), toNumbers(x))).toBeCloseTo(dot(toNumbers(y), toNumbers(z)), 2);
  }
});

test('integers accumulate exactly to int32', () => {
  const x = tensor([255, 255, 255, 255], [1, 4, 1, 1], 'uint8');
  const weight = tensor([-128, -128, -128, -128], [1, 4, 1, 1], 'int8');
  const y = reference.conv2d([x, weight, tensor([1], [1], 'int32')], plain);
  expect([y.dtype, ...toNumbers(y)]).toEqual(['int32', -255 * 128 * 4 + 1]);
});

test('float64 stays float64', () => {
  const one = tensor([0.1], [1, 1, 1, 1], 'float64');
  expect(toNumbers(reference.conv2d([one, one], plain))).toEqual([0.1 * 0.1]);
});

test('errors say what does not fit', () => {
  const x = tensor(new Float32Array(64), [1, 4, 4, 4]);
  const call =
    (shape: readonly number[], change: object = {}) =>
    () =>
      reference.conv2d([x, tensor(new Float32Array(shape.reduce((a, b) => a * b)), shape)], {
        ...plain,
        ...change,
      });
  expect(call([8, 3, 3, 3])).toThrow(
    'conv2d: weight [8, 3, 3, 3] has 3 input channels in each of 1 groups, x [1, 4, 4, 4] has 4 in all',
  );
  expect(call([2, 4, 5, 5])).toThrow(
    'conv2d: kernel [5, 5] on x [1, 4, 4, 4] leaves an output of [0, 0]',
  );
  expect(call([3, 2, 1, 1], { groups: 2 })).toThrow(
    '3 output channels do not divide into 2 groups',
  );
  expect(call([2, 4, 1, 1], { strides: [0, 1] })).toThrow(KernelError);
  expect(call([2, 4, 1, 1], { padding: [2 ** 30, 2 ** 30, 0, 0] })).toThrow(
    /conv2d: shape .* at most/,
  );
});
