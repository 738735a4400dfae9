import { random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { KernelError, type PadOptions, reference } from '../src/index.ts';

const x = tensor([1, 2, 3, 4, 5, 6], [2, 3]);

test('transpose and its inverse', () => {
  expect(toNumbers(reference.transpose([x], { permutation: [1, 0] }))).toEqual([1, 4, 2, 5, 3, 6]);
  const cube = randomNormal([2, 3, 4], random(1));
  const turned = reference.transpose([cube], { permutation: [2, 0, 1] });
  expect(turned.shape).toEqual([4, 2, 3]);
  expect(toNumbers(reference.transpose([turned], { permutation: [1, 2, 0] }))).toEqual(
    toNumbers(cube),
  );
});

test('every padding mode, and negative padding', () => {
  const line = tensor([1, 2, 3, 4]);
  const pad = (mode: PadOptions['mode'], before: number, after: number) =>
    toNumbers(reference.pad([line], { mode, before: [before], after: [after], value: 9 }));
  expect(pad('constant', 1, 2)).toEqual([9, 1, 2, 3, 4, 9, 9]);
  expect(pad('reflect', 2, 3)).toEqual([3, 2, 1, 2, 3, 4, 3, 2, 1]);
  expect(pad('reflect', 5, 0)).toEqual([2, 3, 4, 3, 2, 1, 2, 3, 4]);
  expect(pad('edge', 2, 1)).toEqual([1, 1, 1, 2, 3, 4, 4]);
  expect(pad('wrap', 2, 5)).toEqual([3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1]);
  expect(pad('constant', -1, 1)).toEqual([2, 3, 4, 9]);
  expect(pad('reflect', -1, 2)).toEqual([2, 3, 4, 3, 2]);
});

test('slice forwards and backwards', () => {
  const line = tensor([0, 1, 2, 3, 4, 5]);
  expect(toNumbers(reference.slice([line], { starts: [5], sizes: [3], steps: [-2] }))).toEqual([
    5, 3, 1,
  ]);
  expect(toNumbers(reference.slice([x], { starts: [0, 1], sizes: [2, 2], steps: [1, 1] }))).toEqual(
    [2, 3, 5, 6],
  );
  expect(() => reference.slice([line], { starts: [4], sizes: [3], steps: [1] })).toThrow(
    'slice: axis 0: elements 4 to 6 of 6',
  );
});

test('concat undoes slices, for bigints too', () => {
  const wide = tensor([1n, 2n, 3n, 4n, 5n, 6n], [2, 3], 'int64');
  const part = (start: number, size: number) =>
    reference.slice([wide], { starts: [0, start], sizes: [2, size], steps: [1, 1] });
  const joined = reference.concat([part(0, 1), part(1, 0), part(1, 2)], { axis: 1 });
  expect(joined.data).toEqual(wide.data);
});

test('gather with negative indices', () => {
  const rows = reference.gather([x, tensor([-1, 0], [2, 1], 'int64')], { axis: 0 });
  expect([rows.shape, toNumbers(rows)]).toEqual([
    [2, 1, 3],
    [4, 5, 6, 1, 2, 3],
  ]);
  expect(toNumbers(reference.gather([x, tensor([-3], [], 'int32')], { axis: 1 }))).toEqual([1, 4]);
  const elements = reference.gatherElements([x, tensor([2, 0, -1, 1], [2, 2], 'int64')], {
    axis: 1,
  });
  expect(toNumbers(elements)).toEqual([3, 1, 6, 5]);
  expect(() => reference.gather([x, tensor([2], [1], 'int64')], { axis: 0 })).toThrow(
    'gather: index 2 is outside an axis of 2 elements',
  );
});

test('expand and tile', () => {
  expect(toNumbers(reference.expand([tensor([1, 2], [2, 1])], { shape: [2, 1, 3] }))).toEqual([
    1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2,
  ]);
  expect(toNumbers(reference.tile([x], { repeats: [1, 2] }))).toEqual([
    1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6,
  ]);
  expect(() => reference.tile([x], { repeats: [2 ** 20, 2 ** 20] })).toThrow(KernelError);
});

test('depth to space by hand, and spaceToDepth undoes it', () => {
  const pixels = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 8, 1, 1]);
  expect(toNumbers(reference.depthToSpace([pixels], { blockSize: 2, mode: 'dcr' }))).toEqual([
    1, 3, 5, 7, 2, 4, 6, 8,
  ]);
  expect(toNumbers(reference.depthToSpace([pixels], { blockSize: 2, mode: 'crd' }))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
  const image = randomNormal([2, 12, 3, 4], random(6));
  for (const mode of ['dcr', 'crd'] as const) {
    const there = reference.depthToSpace([image], { blockSize: 2, mode });
    expect(toNumbers(reference.spaceToDepth([there], { blockSize: 2, mode }))).toEqual(
      toNumbers(image),
    );
  }
});
