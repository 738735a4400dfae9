import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { levelsOf, weightBits } from './bit-operands.ts';

/** How the operands of a product by tables or pairs lie: see assembly/integer/narrow-product.ts. */
export interface NarrowOperands {
  /** Planes of the weights; 0: pairs. */
  readonly planes: number;
  /** What each plane counts. */
  readonly factors: readonly number[];
  /** The weights are `lowest + step * bits`. */
  readonly lowest: number;
  readonly step: number;
  /** Digits of an activation, whose sums are tabled; 0: pairs. */
  readonly digits: 0 | 1 | 2;
  /** Pairs whose sums fit in a byte. */
  readonly most: number;
  /** Code of an activation without bits. */
  readonly base: number;
}

/** Largest digit whose sum over two tables, eight operands, fits in a byte. */
const mostDigit = 31;

/** Largest product of which 1024 fit in 16 bits, and four in a byte. */
const mostProduct = 63;

/** The codes that activations may have, or `undefined` when the code of zero (of the padding) is none of them. */
function codesOf(
  x: 'int8' | 'uint8' | undefined,
  { inputRange, inputZero }: IntegerEpilogueOptions,
): readonly [min: number, max: number] | undefined {
  const [min, max] = inputRange ?? (x === 'uint8' ? [0, 255] : [-128, 127]);
  return inputZero < min || inputZero > max || max - min > 255 ? undefined : [min, max];
}

/** Operands of a product by tables. */
export function tableOperands(
  engine: Engine,
  weight: Tensor,
  options: IntegerEpilogueOptions,
  x?: 'int8' | 'uint8',
): NarrowOperands | undefined {
  const codes = codesOf(x, options);
  if (!codes || weight.size === 0) return undefined;
  const [base, max] = codes;
  const { weightPlanes: planes, factors, lowest, step } = weightBits(levelsOf(engine, weight));
  const digits = max - base > mostDigit ? 2 : 1;
  const most = Math.floor(255 / (8 * (digits === 2 ? 15 : Math.max(max - base, 1))));
  return { planes, factors, lowest, step, digits, most, base };
}

/** Operands of a product by pairs, or `undefined` when some products are too large. */
export function pairOperands(
  engine: Engine,
  weight: Tensor,
  options: IntegerEpilogueOptions,
  x?: 'int8' | 'uint8',
): NarrowOperands | undefined {
  const codes = codesOf(x, options);
  if (!codes || weight.size === 0) return undefined;
  const { min: lowest, max: highest } = levelsOf(engine, weight);
  const product = Math.max((codes[1] - codes[0]) * (highest - lowest), 1);
  if (product > mostProduct) return undefined;
  const most = Math.floor(255 / (2 * product));
  return { planes: 0, factors: [0], lowest, step: 1, digits: 0, most, base: codes[0] };
}
