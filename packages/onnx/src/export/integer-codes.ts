import {
  codebookOf,
  codeRange,
  encode,
  type LevelQuantizer,
  type Quantizer,
} from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';

/** The lowest code. */
export function lowestCode(quantizer: Quantizer): number {
  return quantizer.scheme === 'uniform' ? codeRange(quantizer).min : codebookOf(quantizer).min;
}

/**
 * Whether whole numbers in a byte, minus a zero point, times the scale, are the values: always on
 * uniform grids; with a codebook when its levels fit int8 and there is no offset.
 */
export function fitsByte(quantizer: Quantizer): boolean {
  if (quantizer.scheme === 'uniform') return true;
  if (quantizer.scheme === 'ternary') return quantizer.offset.every((offset) => offset === 0);
  return (codebookOf(quantizer).levels.at(-1) ?? 0) <= 127;
}

/** The type of those whole numbers. */
export function byteType(quantizer: Quantizer): 'int8' | 'uint8' {
  return quantizer.scheme === 'uniform' && !quantizer.signed ? 'uint8' : 'int8';
}

/** The zero points as DequantizeLinear wants them. */
export function zeroPointsOf(quantizer: Quantizer): Tensor {
  const { scaleShape, scale } = quantizer;
  const zeros = quantizer.scheme === 'uniform' ? quantizer.zeroPoint : scale.map(() => 0);
  return tensor(zeros, scaleShape, byteType(quantizer));
}

/** `weight` as those whole numbers, for quantizers that have them: codes, or their levels. */
export function byteCodes(weight: Tensor, quantizer: Quantizer): Tensor {
  const codes = encode(weight, quantizer);
  return quantizer.scheme === 'uniform' ? codes : levelsOf(codes, quantizer);
}

function levelsOf(codes: Tensor, quantizer: LevelQuantizer): Tensor {
  const { levels, min } = codebookOf(quantizer);
  const values = Int8Array.from(codes.data as Int8Array, (code) => levels[code - min] as number);
  return tensor(values, codes.shape, 'int8');
}
