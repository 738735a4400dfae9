/** Sums from which a signal-to-quantization-noise ratio follows; add as many pieces as you like. */
export interface NoiseSums {
  signal: number;
  noise: number;
  largest: number;
  count: number;
}

/** Nothing measured yet. */
export function noNoise(): NoiseSums {
  return { signal: 0, noise: 0, largest: 0, count: 0 };
}

/** Adds the difference between two arrays of the same length. */
export function addNoise(
  sums: NoiseSums,
  reference: ArrayLike<number>,
  other: ArrayLike<number>,
): void {
  for (let i = 0; i < reference.length; i++) {
    const value = reference[i] as number;
    const error = (other[i] as number) - value;
    sums.signal += value * value;
    sums.noise += error * error;
    if (Math.abs(error) > sums.largest) sums.largest = Math.abs(error);
  }
  sums.count += reference.length;
}

/** Largest SQNR that is told, in dB: float32 itself has about 150. Also stands for no noise at all. */
const largestSqnr = 150;

/**
 * `10 log10(sum of squares / sum of squared errors)` in dB, within -150 to 150, so that it is a
 * number in JSON too.
 */
export function sqnrOf({ signal, noise }: NoiseSums): number {
  if (noise === 0) return largestSqnr;
  if (signal === 0) return -largestSqnr;
  const ratio = 10 * Math.log10(signal / noise);
  return Math.min(Math.max(ratio, -largestSqnr), largestSqnr);
}
