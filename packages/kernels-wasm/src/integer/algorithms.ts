import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { type BitOperands, binaryOperands, ternaryOperands } from './bit-operands.ts';

/** Ways to compute a product of codes. */
export type Algorithm = 'dot' | 'words' | 'binary' | 'ternary';

/** Products of planes beyond which nobody expects bits to be faster than bytes. */
const mostProducts = 6;

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

/** The ways to compute products with `weight`, the likely fastest first. */
export function algorithms(
  engine: Engine,
  weight: Tensor,
  options: IntegerEpilogueOptions & { readonly groups?: number | undefined },
): readonly Algorithm[] {
  const perGroup = weight.shape[1] ?? 1;
  // Depthwise convolutions have a kernel of their own.
  if (perGroup === 1 && (options.groups ?? 1) > 1) return [];
  const bytes: readonly Algorithm[] = engine.relaxedDot ? ['dot', 'words'] : ['words'];
  const [min, max] = options.inputRange ?? [-128, 127];
  if (weight.dtype !== 'int8' || max - min >= 2 ** mostProducts) return bytes;
  const binary = binaryOperands(engine, weight, options);
  const ternary = ternaryOperands(engine, weight, options);
  const products = binary ? binary.weightPlanes * binary.planes : Number.POSITIVE_INFINITY;
  const bits: Algorithm[] = ternary ? ['ternary'] : [];
  if (products <= mostProducts) bits.splice(products === 1 ? 0 : 1, 0, 'binary');
  // Words with room for more channels than there are waste it.
  const waste = (Math.ceil(perGroup / 32) * 32) / perGroup;
  const most = engine.relaxedDot ? 1 : 4;
  const cost = Math.min(products, ternary ? 2 : Number.POSITIVE_INFINITY) * waste;
  return cost <= most ? [...bits, ...bytes] : [...bytes, ...bits];
}
