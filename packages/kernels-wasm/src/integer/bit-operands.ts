import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import type { Storage, Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';

/** How the operands of a product are split into bits. */
export interface BitOperands {
  /** Planes of the weights; 0: zeros and signs, of the activations too. */
  readonly weightPlanes: number;
  /** What each plane of the weights counts. */
  readonly factors: readonly number[];
  /** The weights are `lowest + step * bits`; step 1 and lowest 0 when they are in two's complement. */
  readonly lowest: number;
  readonly step: number;
  /** Words for 32 channels of an activation: planes, or zeros and signs. */
  readonly planes: number;
  /** Code of an activation without bits. */
  readonly base: number;
}

/** Which weights there are. */
export interface Levels {
  readonly min: number;
  readonly max: number;
  /** At most two. */
  readonly isBinary: boolean;
  /** Powers of two that make the one with most. */
  readonly mostPowers: number;
}

const known = new WeakMap<Storage, Levels>();

/** The levels of `weight`, remembered while it is frozen. */
export function levelsOf(engine: Engine, weight: Tensor): Levels {
  const before = engine.isFrozen(weight) ? known.get(weight.storage) : undefined;
  if (before) return before;
  const values = weight.data as Int8Array;
  const isThere = new Uint8Array(256);
  for (const value of values) isThere[value + 128] = 1;
  const levels = Array.from(isThere.keys(), (place) => place - 128).filter(
    (level) => isThere[level + 128] === 1,
  );
  const [min, max] = [Math.min(...levels), Math.max(...levels)];
  const powers = levels.map((level) => Math.abs(level).toString(2).replaceAll('0', '').length);
  const found = { min, max, isBinary: levels.length <= 2, mostPowers: Math.max(...powers) };
  if (engine.isFrozen(weight)) known.set(weight.storage, found);
  return found;
}

/** Bits of whole numbers from 0 to `most`; at least 1. */
const bitsFor = (most: number): number => Math.max(1, 32 - Math.clz32(most));

/** Planes of two's complement or, without negative numbers, of plain binary. */
export function weightBits({ min, max, isBinary }: Levels): Omit<BitOperands, 'planes' | 'base'> {
  // One value alone is 0 or 1 times itself.
  if (isBinary && min < max) {
    return { weightPlanes: 1, factors: [max - min], lowest: min, step: max - min };
  }
  const count = min < 0 ? 1 + bitsFor(Math.max(max, -1 - min)) : bitsFor(max);
  const factors = Array.from({ length: count }, (_, m) =>
    min < 0 && m === count - 1 ? -(2 ** m) : 2 ** m,
  );
  return { weightPlanes: count, factors, lowest: 0, step: 1 };
}

/** Operands as bit planes, or `undefined` when the code of zero (of the padding) is none of the codes. */
export function binaryOperands(
  engine: Engine,
  weight: Tensor,
  { inputRange, inputZero }: IntegerEpilogueOptions,
): BitOperands | undefined {
  if (!inputRange || weight.size === 0) return undefined;
  const [min, max] = inputRange;
  if (inputZero < min || inputZero > max || max - min > 255) return undefined;
  return { ...weightBits(levelsOf(engine, weight)), planes: bitsFor(max - min), base: min };
}

/** Operands as zeros and signs, or `undefined` when some are not -1, 0 or 1. */
export function ternaryOperands(
  engine: Engine,
  weight: Tensor,
  { inputRange, inputZero }: IntegerEpilogueOptions,
): BitOperands | undefined {
  if (!inputRange || weight.size === 0) return undefined;
  if (inputRange[0] < inputZero - 1 || inputRange[1] > inputZero + 1) return undefined;
  const { min, max } = levelsOf(engine, weight);
  if (min < -1 || max > 1) return undefined;
  return { weightPlanes: 0, factors: [0], lowest: 0, step: 1, planes: 2, base: inputZero };
}
