import { scalar, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { createExecutor, foldConstants, inferTypes } from '../src/index.ts';
import { float, graphOf, int64, node } from './support.ts';

/** `x.view(N, -1)` as torch exports it. */
const torchView = graphOf(
  [float('x', ['N', 4, 2, 2])],
  [
    node('shape', ['x'], 'shape', { start: 0 }),
    node('gather', ['shape', 'zero'], 'batch', { axis: 0 }),
    node('dynamicUnsqueeze', ['batch', 'axes'], 'batch1', {}),
    node('concat', ['batch1', 'rest'], 'target', { axis: 0 }),
    node('dynamicReshape', ['x', 'target'], 'y', { allowZero: false }),
  ],
  ['y'],
  { zero: scalar(0, 'int64'), axes: int64(0), rest: int64(-1) },
);

test('a view that keeps the batch becomes one static reshape', () => {
  const folded = foldConstants(torchView);
  expect(folded.nodes).toHaveLength(1);
  expect(folded.nodes[0]).toMatchObject({
    op: 'reshape',
    inputs: ['x'],
    attributes: { shape: [0, -1] },
  });
  expect(folded.constants.size).toBe(0);
  expect(inferTypes(torchView).get('y')?.shape).toEqual(['N', 16]);
  for (const batch of [1, 3]) {
    const x = tensor(
      Array.from({ length: batch * 16 }, (_, i) => i),
      [batch, 4, 2, 2],
    );
    expect(createExecutor(folded).run({ x }).y?.shape).toEqual([batch, 16]);
    expect(createExecutor(torchView).run({ x }).y?.shape).toEqual([batch, 16]);
  }
});

/** The shortcut of a CIFAR ResNet: `F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))` by torch. */
const shortcut = graphOf(
  [float('x', ['N', 4, 8, 8])],
  [
    node('dynamicSlice', ['x', 'starts', 'ends', 'axes', 'steps'], 'half', {}),
    node('shape', ['half'], 's', { start: 0 }),
    node('shape', ['s'], 'rank', { start: 0 }),
    node('mul', ['rank', 'two'], 'doubled', {}),
    node('shape', ['pads'], 'given', { start: 0 }),
    node('sub', ['doubled', 'given'], 'missing', {}),
    node('constantOfShape', ['missing'], 'zeros', { dtype: 'int64', value: 0 }),
    node('concat', ['pads', 'zeros'], 'all', { axis: 0 }),
    node('reshape', ['all'], 'pairs', { shape: [-1, 2], allowZero: false }),
    node('dynamicSlice', ['pairs', 'last', 'first', 'axis0', 'back'], 'reversed', {}),
    node('transpose', ['reversed'], 'columns', { permutation: [1, 0] }),
    node('reshape', ['columns'], 'flat', { shape: [-1], allowZero: false }),
    node('cast', ['flat'], 'cast', { dtype: 'int64' }),
    node('dynamicPad', ['half', 'cast', 'value'], 'y', { mode: 'constant' }),
  ],
  ['y'],
  {
    starts: int64(0, 0),
    ends: int64(2 ** 53, 2 ** 53),
    axes: int64(2, 3),
    steps: int64(2, 2),
    pads: int64(0, 0, 0, 0, 2, 2),
    two: int64(2),
    last: int64(-1),
    first: int64(-(2 ** 53)),
    axis0: int64(0),
    back: int64(-1),
    value: scalar(0),
  },
);

test('an option-A shortcut becomes slice and pad, with a dynamic batch', () => {
  const folded = foldConstants(shortcut);
  expect(folded.nodes.map(({ op }) => op)).toEqual(['slice', 'pad']);
  expect(folded.nodes[1]?.attributes).toMatchObject({
    before: [0, 2, 0, 0],
    after: [0, 2, 0, 0],
  });
  expect(inferTypes(folded).get('y')?.shape).toEqual(['N', 8, 4, 4]);
  const x = tensor(
    Array.from({ length: 2 * 4 * 64 }, (_, i) => Math.sin(i)),
    [2, 4, 8, 8],
  );
  const before = createExecutor(shortcut).run({ x }).y;
  const after = createExecutor(folded).run({ x }).y;
  expect(after?.shape).toEqual([2, 8, 4, 4]);
  expect(after && toNumbers(after)).toEqual(before && toNumbers(before));
});

test('what depends on an open size is not folded, even when all samples agree', () => {
  const graph = graphOf(
    [float('x', ['N', 'W'])],
    [
      node('shape', ['x'], 's', { start: 1 }),
      node('mod', ['s', 'm'], 'rest', { truncated: false }),
      node('sub', ['m', 'rest'], 'y', {}),
    ],
    [{ name: 'y', dtype: 'int64' }],
    { m: int64(32) },
  );
  const folded = foldConstants(graph);
  expect(folded.nodes).toHaveLength(3);
  const y = createExecutor(folded).run({ x: tensor(new Float32Array(5), [1, 5]) }).y;
  expect(y && toNumbers(y)).toEqual([27]);
  const fixed = foldConstants(graph, { inputShapes: { x: [1, 5] } });
  expect(fixed.nodes).toHaveLength(0);
  expect(toNumbers(fixed.constants.get('y') as never)).toEqual([27]);
});
