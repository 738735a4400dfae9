import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { ctcGreedyDecode, DatasetError, parseKeys } from '../src/index.ts';

const keys = parseKeys('a\nb\n');

/** Scores of columns whose best class is given. */
const best = (...rows: number[][]) => {
  const columns = rows[0]?.length ?? 0;
  const values = rows.flat().flatMap((label) => keys.map((_, c) => (c === label ? 0.9 : 0.1)));
  return tensor(values, [rows.length, columns, keys.length]);
};

test('keys: blank first, the lines, a space last', () => {
  expect(keys).toEqual(['', 'a', 'b', ' ']);
  expect(parseKeys('a\r\nb')).toEqual(keys);
});

test('repeats collapse, blanks part them', () => {
  expect(ctcGreedyDecode(best([1, 1, 0, 1, 2, 2, 3, 0], [0, 0, 0, 0, 0, 0, 0, 2]), keys)).toEqual([
    'aab ',
    'b',
  ]);
  expect(ctcGreedyDecode(best([0, 0]), keys)).toEqual(['']);
});

test('outputs that do not fit the keys are refused', () => {
  expect(() => ctcGreedyDecode(tensor([1, 2, 3], [1, 1, 3]), keys)).toThrow(DatasetError);
  expect(() => ctcGreedyDecode(tensor([1, 2, 3, 4], [1, 4]), keys)).toThrow(/\[N, columns, 4\]/);
});
