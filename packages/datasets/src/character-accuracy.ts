import { DatasetError } from './errors.ts';

/** Fewest insertions, deletions and replacements of characters that turn `a` into `b` (Levenshtein). */
export function editDistance(a: string, b: string): number {
  const from = [...a];
  const to = [...b];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (const [i, character] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const replaced = (row[j] as number) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}

/**
 * Share of characters read right, over all lines together: `1 - edit distances / lengths`, at least 0.
 * @throws DatasetError when there is not one reading for each line.
 */
export function characterAccuracy(expected: readonly string[], read: readonly string[]): number {
  if (expected.length !== read.length) {
    throw new DatasetError(`${read.length} readings of ${expected.length} lines`);
  }
  let length = 0;
  let errors = 0;
  for (const [i, text] of expected.entries()) {
    length += [...text].length;
    errors += editDistance(text, read[i] as string);
  }
  return length === 0 ? 1 : Math.max(0, 1 - errors / length);
}
