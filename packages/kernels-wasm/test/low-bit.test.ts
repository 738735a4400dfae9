import type { IntegerEpilogueOptions, kernels, OptionsOf } from '@subbyte/kernels';
import { random, scope, type Tensor, tensor } from '@subbyte/tensor';
import { afterAll, expect, test } from 'vitest';
import { type WasmBackend, wasm } from '../src/index.ts';

const words = await wasm({ relaxedDot: false });
const one = await wasm();
const many = await wasm({ threads: 3 });
afterAll(() => many.close());

const few: IntegerEpilogueOptions = {
  inputZero: 0,
  inputRange: [0, 1],
  output: { dtype: 'int8', zeroPoint: 0, min: -128, max: 127 },
};

/** Weights of 64 channels with these levels. */
const weights = (levels: readonly number[]): Tensor => {
  const stream = random(2);
  const codes = Array.from(
    { length: 9 * 64 * 9 },
    () => levels[stream.integer(levels.length)] as number,
  );
  return tensor(codes, [9, 64, 3, 3], 'int8');
};

test('bits are offered where the operands have few, first where they are likely the fastest', () => {
  const offered = (levels: readonly number[], range?: readonly [number, number]) =>
    words.algorithms?.(weights(levels), { ...few, inputRange: range });
  expect(offered([-1, 1], [0, 1])).toEqual(['binary', 'tables', 'ternary', 'pairs', 'words']);
  const ternary = ['ternary', 'pairs', 'tables', 'words', 'binary'];
  expect(offered([-1, 0, 1], [-1, 1])).toEqual(ternary);
  expect(offered([-2, -1, 0, 1], [0, 3])).toEqual(['pairs', 'tables', 'words', 'binary']);
  expect(offered([-4, 3, 1], [0, 3])).toEqual(['pairs', 'words', 'tables', 'binary']);
  expect(offered([-8, 7, 1], [0, 3])).toEqual(['words', 'tables']);
  expect(offered([-2, 1, 0], [0, 31])).toEqual(['tables', 'words']);
  expect(offered([-2, 1, 0], [0, 255])).toEqual(['words', 'tables']);
  expect(offered([-4, 3, 0], [0, 255])).toEqual(['words']);
  expect(offered([-10, 6, 1], [0, 255])).toEqual(['words', 'shifts']);
  expect(offered([-1, 1])).toEqual(['tables', 'words']);
  // The code of zero, which padding has, is none of the codes.
  expect(offered([-1, 1], [1, 1])).toEqual(['ternary', 'words']);
  expect(offered([-1, 1], [2, 3])).toEqual(['words']);
  const dot = one.algorithms?.(weights([-1, 1]), { ...few, inputRange: [0, 15] });
  expect(dot).toEqual(['tables', 'dot', 'words', 'binary']);
});

test('depthwise layers have one kernel; few channels leave words half empty', () => {
  const depthwise = tensor(new Int8Array(8 * 9).fill(1), [8, 1, 3, 3], 'int8');
  expect(words.algorithms?.(depthwise, { ...few, groups: 8 })).toEqual([]);
  const narrow = tensor([-1, 1, 1, -1], [1, 4, 1, 1], 'int8');
  expect(words.algorithms?.(narrow, few)).toEqual([
    'tables',
    'words',
    'pairs',
    'binary',
    'ternary',
  ]);
});

/** Heights and strides; each makes lines enough for every thread to prepare its own. */
const layers = [
  [40, [1, 2]],
  [75, [2, 1]],
] as const;

/** Codes of a layer large enough to be split among threads. */
function codesOf(
  backend: WasmBackend,
  batch: number,
  algorithm: string,
  [height, strides]: (typeof layers)[number],
): string {
  const stream = random(4);
  const size = [batch, height, 37, 64] as const;
  const x = Array.from({ length: size.reduce((a, b) => a * b, 1) }, () => stream.integer(3) - 1);
  const options: OptionsOf<'integerConv2d'> = {
    ...{ strides, dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 },
    ...{ ...few, inputRange: [-1, 1], algorithm },
  };
  const run = backend.kernels.integerConv2d as typeof kernels.integerConv2d;
  let codes = '';
  scope(() => {
    const result = run(
      [
        backend.upload(tensor(x, size, 'int8')),
        backend.upload(weights([-1, 0, 1])),
        tensor(new Int32Array(9), [9], 'int32'),
        tensor(new Float32Array(9).fill(0.7), [9]),
      ],
      options,
    );
    // Text: two arrays of so many numbers take a test runner long to compare.
    codes = Array.from(result.data as Int8Array).join();
    return undefined;
  });
  return codes;
}

test('every algorithm gives the same codes on one thread and on three', () => {
  const cases = [
    [1, layers[0]],
    [1, layers[1]],
    [4, layers[0]],
  ] as const;
  for (const [batch, layer] of cases) {
    const expected = codesOf(words, batch, 'words', layer);
    expect(new Set(expected.split(',')).size).toBeGreaterThan(20);
    for (const algorithm of ['binary', 'ternary', 'tables', 'pairs', 'dot', 'words']) {
      expect(codesOf(one, batch, algorithm, layer) === expected).toBe(true);
      expect(codesOf(many, batch, algorithm, layer) === expected).toBe(true);
    }
  }
});
