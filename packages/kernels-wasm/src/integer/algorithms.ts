import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { type BitOperands, binaryOperands, levelsOf, ternaryOperands } from './bit-operands.ts';
import { type NarrowOperands, pairOperands, tableOperands } from './narrow-operands.ts';
import { hasShifts } from './weights.ts';

/** Ways to compute a product of codes. */
export type Algorithm = 'dot' | 'words' | 'binary' | 'ternary' | 'tables' | 'pairs' | 'shifts';

/** Products of planes beyond which nobody expects bits to be faster than bytes. */
const mostProducts = 6;

/** Passes over tables, likewise. */
const mostPasses = 4;

/** Pairs that must fit in a byte before they are worth while. */
const leastPairs = 6;

/**
 * How the bits lie if `options.algorithm` wants bits and the operands allow it; `undefined`: bytes or
 * int16 lanes.
 */
export function bitOperands(
  engine: Engine,
  weight: Tensor,
  options: IntegerEpilogueOptions,
): BitOperands | undefined {
  if (options.algorithm === 'binary') return binaryOperands(engine, weight, options);
  if (options.algorithm === 'ternary') return ternaryOperands(engine, weight, options);
  return undefined;
}

/** The same for operands of few bits in bytes. */
export function narrowOperands(
  engine: Engine,
  x: Tensor,
  weight: Tensor,
  options: IntegerEpilogueOptions,
): NarrowOperands | undefined {
  const dtype = x.dtype as 'int8' | 'uint8';
  if (options.algorithm === 'tables') return tableOperands(engine, weight, options, dtype);
  if (options.algorithm === 'pairs') return pairOperands(engine, weight, options, dtype);
  return undefined;
}

/**
 * The ways to compute products with `weight`, the likely fastest first: by the time that each takes compared with the dot
 * product of bytes where that is one instruction, about, as measured (docs/decisions/integer-kernels.md).
 */
export function algorithms(
  engine: Engine,
  weight: Tensor,
  options: IntegerEpilogueOptions & { readonly groups?: number | undefined },
): readonly Algorithm[] {
  const perGroup = weight.shape[1] ?? 1;
  // Depthwise convolutions have a kernel of their own.
  if (perGroup === 1 && (options.groups ?? 1) > 1) return [];
  const found: (readonly [Algorithm, cost: number])[] = [['words', 2]];
  if (engine.relaxedDot) found.push(['dot', 1]);
  // Words and tables with room for more channels than there are waste it.
  const waste = (whole: number): number => (Math.ceil(perGroup / whole) * whole) / perGroup;
  const [min, max] = options.inputRange ?? [-128, 127];
  if (weight.dtype === 'int8') {
    const few = max - min < 2 ** mostProducts;
    const binary = few ? binaryOperands(engine, weight, options) : undefined;
    const products = binary ? binary.weightPlanes * binary.planes : Number.POSITIVE_INFINITY;
    if (products <= mostProducts) found.push(['binary', 0.55 * products * waste(32)]);
    if (few && ternaryOperands(engine, weight, options)) found.push(['ternary', 1.1 * waste(32)]);
    const tables = tableOperands(engine, weight, options);
    const passes = tables ? tables.planes * tables.digits : Number.POSITIVE_INFINITY;
    if (passes <= mostPasses) {
      found.push(['tables', (engine.relaxedDot ? 0.6 : 0.75) * passes * waste(8)]);
    }
    // Weights of three bits have better ways.
    const { min: lowest, max: highest } = levelsOf(engine, weight);
    if (Math.max(-lowest, highest) > 4 && hasShifts(engine, weight)) found.push(['shifts', 5]);
    const pairs = pairOperands(engine, weight, options);
    if (pairs && pairs.most >= leastPairs) found.push(['pairs', 1.3 * waste(8)]);
  }
  return found.sort(([, a], [, b]) => a - b).map(([name]) => name);
}
