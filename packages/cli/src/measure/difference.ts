import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import { CliError } from '../errors.ts';

/** How far values are from a reference, over everything added so far. */
export interface Difference {
  /** Signal to quantization noise ratio, `10 log10(Σ a² / Σ (a - b)²)`, dB; Infinity when equal. */
  sqnr(): number;
  /** Largest `|a - b|`. */
  largest(): number;
  /** Largest `|a|`, to judge the largest difference by. */
  range(): number;
  /**
   * Adds the elements of two tensors.
   * @throws CliError when their shapes differ.
   */
  add(reference: Tensor, value: Tensor, name: string): void;
}

/** An empty difference. */
export function difference(): Difference {
  let signal = 0;
  let noise = 0;
  let largest = 0;
  let range = 0;
  return {
    sqnr: () => (noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(signal / noise)),
    largest: () => largest,
    range: () => range,
    add: (reference, value, name) => {
      if (`${reference.shape}` !== `${value.shape}`) {
        throw new CliError(
          `"${name}" is [${reference.shape}] in one model and [${value.shape}] in the other`,
        );
      }
      const a = reference.data;
      const b = value.data;
      for (let i = 0; i < a.length; i++) {
        const expected = Number(a[i]);
        const error = expected - Number(b[i]);
        signal += expected * expected;
        noise += error * error;
        // Once NaN, always NaN: it must not pass as agreement.
        if (!(Math.abs(error) <= largest || Number.isNaN(largest))) largest = Math.abs(error);
        if (Math.abs(expected) > range) range = Math.abs(expected);
      }
    },
  };
}

/** The names of the float outputs that both records have. */
export function sharedFloats(
  a: Readonly<Record<string, Tensor>>,
  b: Readonly<Record<string, Tensor>>,
): string[] {
  return Object.keys(a).filter((name) => {
    const own = a[name];
    return name in b && own !== undefined && isFloatTensor(own);
  });
}
