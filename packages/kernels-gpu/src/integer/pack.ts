/** Whole weights as digits of float32 numbers below 2^24, which are exact. */
export interface Packed {
  /** `[rows, words]`; the first weight of a word is its lowest digit. */
  readonly words: Float32Array;
  readonly wordsPerRow: number;
  readonly format: PackFormat;
}

/** How weights are read from a word. */
export interface PackFormat {
  /** Digits have this base: a weight has as many values at most. */
  readonly base: number;
  /** Digits of a word: `base ** digits <= 2 ** 24`. */
  readonly digits: number;
  /** Digit of the weight 0. */
  readonly zero: number;
}

/** Bases and how many of their digits fit into 24 bits. */
const formats: readonly (readonly [base: number, digits: number])[] = [
  [2, 24],
  [3, 15],
  [4, 12],
  [8, 8],
  [16, 6],
  [64, 4],
  [256, 3],
];

/** The format that holds weights from `low` to `high` in the fewest words; at most 256 values. */
export function packFormat(low: number, high: number): PackFormat | undefined {
  const zero = -Math.min(low, 0);
  const found = formats.find(([base]) => base > Math.max(high, 0) + zero);
  return found && { base: found[0], digits: found[1], zero };
}

/**
 * Packs `weights`, `[rows, length]`. Digits that no weight needs stand for 0.
 * @throws RangeError never: the format must hold all weights.
 */
export function packRows(
  weights: ArrayLike<number>,
  rows: number,
  { base, digits, zero }: PackFormat,
): Packed {
  const length = weights.length / rows;
  const wordsPerRow = Math.ceil(length / digits);
  const words = new Float32Array(rows * wordsPerRow);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < wordsPerRow; j++) {
      let word = 0;
      for (let t = digits - 1; t >= 0; t--) {
        const k = j * digits + t;
        word = word * base + (k < length ? (weights[row * length + k] as number) : 0) + zero;
      }
      words[row * wordsPerRow + j] = word;
    }
  }
  return { words, wordsPerRow, format: { base, digits, zero } };
}

/** Statements that take the lowest digit off `word` and put the weight that it stands for into `weight`. */
export function takeDigit({ base, zero }: PackFormat): string {
  // Thirds are rounded: their quotient may be one off.
  const correction =
    base === 3
      ? `if (digit < 0) { rest -= 1; digit += 3; }\nif (digit >= 3) { rest += 1; digit -= 3; }\n`
      : '';
  return `let rest = Math.floor(word * ${1 / base});
let digit = word - rest * ${base};
${correction}word = rest;
let weight = digit - ${zero};\n`;
}
