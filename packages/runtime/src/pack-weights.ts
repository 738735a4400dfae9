import { packStream } from '@subbyte/bitpack';
import type { PackedBits, PackedWeightOptions } from '@subbyte/kernels';
import { type Tensor, tensor } from '@subbyte/tensor';

/** Weights as kernels with packed weights take them. */
export interface PackedWeights {
  /** `[O, ceil(K * bits / 8)]`. */
  readonly packed: Tensor<'uint8'>;
  readonly options: PackedWeightOptions;
}

const widths: readonly PackedBits[] = [1, 2, 3, 4, 8];

/**
 * Packs whole weights `[outputs, inputs]` into the fewest bits that hold them all, or `undefined` when that would be more than
 * `most`.
 */
export function packWeights(
  weights: ArrayLike<number>,
  [outputs, inputs]: readonly [number, number],
  most: PackedBits,
): PackedWeights | undefined {
  let [low, high] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    low = Math.min(low, weights[i] as number);
    high = Math.max(high, weights[i] as number);
  }
  const bits = widths.find((width) => 2 ** width > high - low);
  if (bits === undefined || bits > most) return undefined;
  const rowBytes = Math.ceil((inputs * bits) / 8);
  const bytes = new Uint8Array(outputs * rowBytes);
  const codes = new Uint8Array(inputs);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < inputs; k++) codes[k] = (weights[o * inputs + k] as number) - low;
    bytes.set(packStream(codes, bits), o * rowBytes);
  }
  return {
    packed: tensor(bytes, [outputs, rowBytes], 'uint8'),
    options: { bits, weightZero: -low },
  };
}
