import { expect, test } from 'vitest';
import {
  advance,
  flattenTree,
  leavesLike,
  mapTree,
  storagesOf,
  type Tensor,
  tensor,
  toNumbers,
} from '../src/index.ts';

const tree = { b: [tensor([1]), { w: tensor([2, 3]) }], a: tensor([4]) };

test('a tree flattens to paths in the order of its keys', () => {
  expect(flattenTree(tree).map(([path]) => path)).toEqual(['b.0', 'b.1.w', 'a']);
  expect(flattenTree(tensor([1])).map(([path]) => path)).toEqual(['']);
});

test('mapTree keeps the shape of the tree and tells each leaf its path', () => {
  const paths: string[] = [];
  const result = mapTree(tree, (leaf, path) => {
    paths.push(path);
    return tensor(toNumbers(leaf).map((x) => 10 * x));
  });
  expect(paths).toEqual(['b.0', 'b.1.w', 'a']);
  expect(toNumbers((result.b[1] as { w: Tensor }).w)).toEqual([20, 30]);
  expect(toNumbers(result.a)).toEqual([40]);
  const hostile = JSON.parse('{"__proto__": 0}') as Record<string, Tensor>;
  Object.defineProperty(hostile, '__proto__', { value: tensor([1]), enumerable: true });
  expect(flattenTree(mapTree(hostile, (leaf) => leaf))).toHaveLength(1);
});

test('leavesLike names the first path that differs', () => {
  expect(leavesLike(tree, tree)).toHaveLength(3);
  expect(() => leavesLike({ b: tree.b }, tree, 'gradient')).toThrow(
    'gradient: leaf 2 is missing, expected "a"',
  );
  expect(() => leavesLike(tree, { b: tree.b })).toThrow('leaf 2 is "a", expected no more');
});

test('storagesOf finds tensors in nested results', () => {
  expect(storagesOf([tree, null, 'text', new Map([['x', tree.a]])]).size).toBe(3);
});

test('advance releases what is carried no further', () => {
  const [old, kept] = [tensor([1]), tensor([2])];
  let inside: Tensor | undefined;
  const next = advance({ a: old, b: kept }, ({ b }) => {
    inside = tensor([3]);
    return { a: tensor([4]), b };
  });
  expect([old, kept, inside, next.a].map((x) => x?.storage.disposed)).toEqual([
    true,
    false,
    true,
    false,
  ]);
});
