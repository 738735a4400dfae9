import { isFloatTensor, type Tensor } from '@subbyte/tensor';

/** Largest ratio that is told, dB: float32 itself has about 150. Stands for equal values too. */
const largestSqnr = 150;

/** How far outputs are from what they should be. */
export interface Difference {
  /** Signal to noise, `10 log10(Σ a² / Σ (a - b)²)`, dB, at most 150. */
  readonly sqnr: number;
  /** Largest `|a - b|`. */
  readonly largest: number;
  /** Largest `|a|`, to judge the largest difference by. */
  readonly range: number;
}

type Outputs = Readonly<Record<string, Tensor>>;

/** Compares the float outputs that both runs have, over all pairs of runs; NaN when any value is. */
export function difference(expected: readonly Outputs[], actual: readonly Outputs[]): Difference {
  let signal = 0;
  let noise = 0;
  let largest = 0;
  let range = 0;
  for (const [run, outputs] of expected.entries()) {
    for (const [name, a] of Object.entries(outputs)) {
      const b = actual[run]?.[name];
      if (!b || !isFloatTensor(a)) continue;
      const aData = a.data;
      const bData = b.data;
      for (let i = 0; i < aData.length; i++) {
        const value = aData[i] ?? Number.NaN;
        const error = value - Number(bData[i] ?? Number.NaN);
        signal += value * value;
        noise += error * error;
        largest = Math.max(largest, Math.abs(error));
        range = Math.max(range, Math.abs(value));
      }
    }
  }
  const ratio = noise === 0 ? largestSqnr : 10 * Math.log10(signal / noise);
  return { sqnr: Math.min(ratio, largestSqnr), largest, range };
}
