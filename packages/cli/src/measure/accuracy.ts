import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import { CliError } from '../errors.ts';

/** Counts how often the right class is the best, and among the best five. */
export interface ClassScore {
  readonly images: number;
  /** Percent. */
  readonly top1: number;
  /** Percent. */
  readonly top5: number;
}

/**
 * Scores class scores `[N, classes]` (trailing axes of size 1 allowed) against labels. Equal scores
 * are ranked as listed.
 * @throws CliError when the output has another shape.
 */
export function classScorer(): {
  add(output: Tensor, labels: readonly number[]): void;
  score(): ClassScore;
} {
  let images = 0;
  let first = 0;
  let five = 0;
  return {
    add: (output, labels) => {
      const [count, classes = 0, ...rest] = output.shape;
      if (!isFloatTensor(output) || count !== labels.length || rest.some((size) => size !== 1)) {
        throw new CliError(
          `the output is ${output.dtype} [${output.shape}], expected class scores float32 [${labels.length}, classes]`,
        );
      }
      const scores = output.data;
      for (const [row, label] of labels.entries()) {
        if (label >= classes) {
          throw new CliError(`the data has class ${label}, the model knows ${classes} classes`);
        }
        const base = row * classes;
        const own = scores[base + label] as number;
        let rank = 0;
        for (let c = 0; c < classes; c++) {
          const other = scores[base + c] as number;
          // NaN scores count as ahead: they must never look like a hit.
          if (!(other <= own) || (other === own && c < label)) rank++;
        }
        if (rank < 1) first++;
        if (rank < 5) five++;
      }
      images += labels.length;
    },
    score: () => ({
      images,
      top1: images === 0 ? 0 : (100 * first) / images,
      top5: images === 0 ? 0 : (100 * five) / images,
    }),
  };
}
