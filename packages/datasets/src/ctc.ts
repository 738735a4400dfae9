import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import { DatasetError } from './errors.ts';

/** Class of "no character here" in CTC outputs. */
const blank = 0;

/**
 * Reads a character list such as `ppocr_keys_v1.txt`: the character of each class. Class 0 is the
 * CTC blank (the empty string here), then one class for each line, last a space.
 */
export function parseKeys(text: string): string[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return ['', ...lines, ' '];
}

/**
 * Reads text greedily off the output of a CTC recogniser, `[N, columns, classes]`: the best class of
 * each column, repeats collapsed, blanks left out.
 * @see Graves et al., Connectionist Temporal Classification, 2006, section 3.2 (best path decoding).
 * @throws DatasetError when the output has another shape or other classes than `keys`.
 */
export function ctcGreedyDecode(probabilities: Tensor, keys: readonly string[]): string[] {
  const [count = 0, columns = 0, classes = 0, ...rest] = probabilities.shape;
  if (!isFloatTensor(probabilities) || rest.length > 0 || classes !== keys.length) {
    throw new DatasetError(
      `recogniser output ${probabilities.dtype} [${probabilities.shape}]: expected [N, columns, ${keys.length}]`,
    );
  }
  const { data } = probabilities;
  return Array.from({ length: count }, (_, n) => {
    let text = '';
    let previous = blank;
    for (let t = 0; t < columns; t++) {
      const base = (n * columns + t) * classes;
      let best = 0;
      for (let c = 1; c < classes; c++) {
        if ((data[base + c] as number) > (data[base + best] as number)) best = c;
      }
      if (best !== previous && best !== blank) text += keys[best];
      previous = best;
    }
    return text;
  });
}
