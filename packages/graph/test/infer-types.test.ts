import { scalar, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { GraphError, inferTypes, type Node } from '../src/index.ts';
import { float, graphOf, int64, node } from './support.ts';

const conv = (from: string, to: string, stride: number): Node =>
  node('conv2d', [from, 'w'], to, {
    strides: [stride, stride],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
    groups: 1,
  });
const w = tensor(new Float32Array(2 * 2 * 9), [2, 2, 3, 3]);

test('open sizes keep their names through layers', () => {
  const graph = graphOf(
    [float('x', ['N', 2, 'H', 'W'])],
    [
      conv('x', 'half', 2),
      conv('half', 'quarter', 2),
      conv('half', 'also', 1),
      node('add', ['half', 'also'], 'sum', {}),
      node('tile', ['x'], 'twice', { repeats: [1, 1, 1, 2] }),
      node('reshape', ['quarter'], 'tokens', { shape: [0, 2, -1], allowZero: false }),
      node('slice', ['x'], 'ten', {
        starts: [0, 0, 0, 0],
        sizes: [1e9, 2, 10, 1e9],
        steps: [1, 1, 1, 1],
      }),
    ],
    ['sum', 'twice', 'tokens', 'ten', 'quarter'],
    { w },
  );
  const types = inferTypes(graph);
  expect(types.get('x')).toEqual({ dtype: 'float32', shape: ['N', 2, 'H', 'W'] });
  expect(types.get('half')?.shape).toEqual(['N', 2, 'H/2', 'W/2']);
  expect(types.get('quarter')?.shape).toEqual(['N', 2, 'H/4', 'W/4']);
  expect(types.get('sum')?.shape).toEqual(types.get('half')?.shape);
  expect(types.get('twice')?.shape).toEqual(['N', 2, 'H', '2*W']);
  expect(types.get('tokens')?.shape?.slice(0, 2)).toEqual(['N', 2]);
  expect(typeof types.get('tokens')?.shape?.[2]).toBe('string');
  // At most ten rows are taken; a smaller image gives fewer.
  expect(typeof types.get('ten')?.shape?.[2]).toBe('string');
  const sized = inferTypes(graph, { x: [3, 2, 9, 7] });
  expect(sized.get('quarter')?.shape).toEqual([3, 2, 3, 2]);
  expect(sized.get('tokens')?.shape).toEqual([3, 2, 6]);
  expect(sized.get('ten')?.shape).toEqual([3, 2, 9, 7]);
});

test('shapes are followed through arithmetic on shapes', () => {
  const graph = graphOf(
    [float('x', ['N', 2, 'H', 'W'])],
    [
      node('shape', ['x'], 's', { start: 0 }),
      node('gather', ['s', 'two'], 'h', { axis: 0 }),
      node('gather', ['s', 'three'], 'wide', { axis: 0 }),
      node('mul', ['h', 'wide'], 'area', {}),
      node('cast', ['h'], 'h32', { dtype: 'float32' }),
      node('div', ['h32', 'half'], 'h2', {}),
      node('cast', ['h2'], 'h64', { dtype: 'int64' }),
      node('unsqueeze', ['area'], 'area1', { axes: [0] }),
      node('unsqueeze', ['h64'], 'double', { axes: [0] }),
      node('dynamicSlice', ['s', 'zero', 'twos'], 'front', {}),
      node('concat', ['front', 'area1'], 'target', { axis: 0 }),
      node('dynamicReshape', ['x', 'target'], 'flat', { allowZero: false }),
      node('concat', ['front', 'double', 'one'], 'shape2', { axis: 0 }),
      node('constantOfShape', ['shape2'], 'filled', { dtype: 'float32', value: 1 }),
      node('range', ['first', 'h', 'next'], 'rows', {}),
    ],
    ['flat', 'filled', 'rows'],
    {
      two: scalar(2, 'int64'),
      three: scalar(3, 'int64'),
      half: scalar(0.5),
      zero: int64(0),
      twos: int64(2),
      one: int64(1),
      first: scalar(0, 'int64'),
      next: scalar(1, 'int64'),
    },
  );
  const types = inferTypes(graph);
  expect(types.get('flat')?.shape?.slice(0, 2)).toEqual(['N', 2]);
  expect(types.get('filled')?.shape).toEqual(['N', 2, '2*H', 1]);
  expect(types.get('rows')).toEqual({ dtype: 'int64', shape: ['H'] });
  expect(inferTypes(graph, { x: [1, 2, 3, 5] }).get('flat')?.shape).toEqual([1, 2, 15]);
});

test('unknown ranks and data-dependent shapes stay unknown, types are known', () => {
  const graph = graphOf(
    [float('x'), float('z', ['N'])],
    [
      node('add', ['x', 'z'], 'sum', {}),
      node('nonZero', ['z'], 'found', {}),
      node('cast', ['sum'], 'y', { dtype: 'uint8' }),
    ],
    ['y', 'found'],
  );
  const types = inferTypes(graph);
  expect(types.get('sum')).toEqual({ dtype: 'float32', shape: undefined });
  expect(types.get('found')).toEqual({ dtype: 'int64', shape: undefined });
  expect(types.get('y')).toEqual({ dtype: 'uint8', shape: undefined });
  expect(inferTypes(graph, { x: [4, 1], z: [3] }).get('y')?.shape).toEqual([4, 3]);
});

test('operands that cannot fit name their node', () => {
  const wrong = graphOf([float('x', [1, 3, 4, 4])], [conv('x', 'c', 1)], ['c'], { w });
  expect(() => inferTypes(wrong)).toThrow(/conv2d "c": .*3/);
  const types = graphOf(
    [float('x', ['N']), { name: 'i', dtype: 'int64', shape: ['N'] }],
    [node('add', ['x', 'i'], 'y', {})],
    ['y'],
  );
  expect(() => inferTypes(types)).toThrow(GraphError);
  expect(() => inferTypes(types, { x: [2], i: [3] })).toThrow('N is 2 elsewhere');
});
