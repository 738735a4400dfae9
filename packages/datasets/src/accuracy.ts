import type { Tensor } from '@subbyte/tensor';
import { DatasetError } from './errors.ts';

/** Counts hits over any number of batches. */
export interface AccuracyCounter {
  /**
   * Adds the class scores of a batch, `[N, classes]` (trailing axes of size 1 allowed).
   * @throws DatasetError when the scores do not fit the labels.
   */
  add(scores: Tensor, labels: ArrayLike<number>): void;
  /** Samples so far. */
  readonly count: number;
  /** Share of samples, 0 … 1, whose class is among the best k, for each k asked for. */
  result(): number[];
}

/** Counts how often the true class is among the best k; equal scores rank in the order of classes. */
export function accuracyCounter(ks: readonly number[] = [1, 5]): AccuracyCounter {
  const hits = ks.map(() => 0);
  let count = 0;
  return {
    get count() {
      return count;
    },
    result: () => hits.map((value) => (count === 0 ? 0 : value / count)),
    add: (scores, labels) => {
      const [rows, classes = 0, ...rest] = scores.shape;
      if (rows !== labels.length || classes === 0 || rest.some((size) => size !== 1)) {
        throw new DatasetError(
          `scores [${scores.shape}]: expected [${labels.length}, classes] for ${labels.length} labels`,
        );
      }
      const data = scores.data;
      for (let row = 0; row < rows; row++) {
        const label = labels[row] as number;
        const own = data[row * classes + label];
        if (!Number.isInteger(label) || label < 0 || label >= classes || own === undefined) {
          throw new DatasetError(`label ${label}: the model has ${classes} classes`);
        }
        let rank = 0;
        for (let c = 0; c < classes; c++) {
          const other: number | bigint = data[row * classes + c] as number | bigint;
          // NaN counts as ahead: it must never look like a hit.
          if (!(other <= own) || (other === own && c < label)) rank++;
        }
        for (const [i, k] of ks.entries()) if (rank < k) hits[i] = (hits[i] as number) + 1;
      }
      count += rows;
    },
  };
}

/** Share of rows of `scores` `[N, classes]`, 0 … 1, whose label is among the best k, for each k. */
export function accuracy(
  scores: Tensor,
  labels: ArrayLike<number>,
  ks: readonly number[] = [1, 5],
): number[] {
  const counter = accuracyCounter(ks);
  counter.add(scores, labels);
  return counter.result();
}
