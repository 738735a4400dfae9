import { apotGrid } from './apot-grid.ts';
import type { ApotQuantizer, LevelQuantizer } from './types.ts';

/** What the codes of a quantizer stand for before scale and offset: whole numbers, ascending. */
export interface Codebook {
  /** The lowest code; `levels[code - min]` is the number that `code` stands for. */
  readonly min: number;
  readonly levels: Int16Array;
}

const ternaryLevels: Codebook = { min: -1, levels: Int16Array.of(-1, 0, 1) };

/**
 * The codebook of additive powers of two: with `signed` the negative magnitudes of `bits - 1` bits
 * too, codes around 0.
 * @throws QuantizerError for widths and terms that `apotGrid` refuses.
 */
export function apotCodebook(spec: Pick<ApotQuantizer, 'bits' | 'signed' | 'termBits'>): Codebook {
  const { numerators } = apotGrid(spec.signed ? spec.bits - 1 : spec.bits, spec.termBits);
  if (!spec.signed) return { min: 0, levels: Int16Array.from(numerators) };
  const negative = numerators.slice(1).map((numerator) => -numerator);
  return {
    min: -negative.length,
    levels: Int16Array.from([...negative.reverse(), ...numerators]),
  };
}

/** The codebook of a quantizer: `x̂ = levels[code - min] * scale (+ offset)`. */
export function codebookOf(quantizer: LevelQuantizer): Codebook {
  return quantizer.scheme === 'ternary' ? ternaryLevels : apotCodebook(quantizer);
}
