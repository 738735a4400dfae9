import type { KernelName } from '../table.ts';
import { bigIntsOf, numbersOf } from './arrays.ts';
import { splitAt } from './offsets.ts';
import { allocateResult } from './result.ts';
import type { UnaryKernel } from './unary.ts';

function defineArg<K extends Extract<KernelName, 'argMax' | 'argMin'>>(
  kernel: K,
  better: (a: number, b: number) => boolean,
): UnaryKernel<K> {
  return (operands, options) => {
    const [x] = operands;
    const result = allocateResult(kernel, operands, options);
    const { outer, length, inner } = splitAt(x.shape, options.axis);
    // Comparisons are the same for bigints.
    const from = numbersOf(x);
    const to = bigIntsOf(result);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const at = (k: number): number => from[(o * length + k) * inner + i] as number;
        let best = 0;
        for (let k = 1; k < length; k++) {
          const replaces = options.selectLast ? !better(at(best), at(k)) : better(at(k), at(best));
          if (replaces) best = k;
        }
        to[o * inner + i] = BigInt(best);
      }
    }
    return result;
  };
}

/** Index of the largest element along `axis`; undefined among NaN. */
export const argMax: UnaryKernel<'argMax'> = defineArg('argMax', (a, b) => a > b);

/** Index of the smallest element along `axis`; undefined among NaN. */
export const argMin: UnaryKernel<'argMin'> = defineArg('argMin', (a, b) => a < b);
