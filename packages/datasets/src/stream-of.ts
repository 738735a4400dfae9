import { type Random, random } from '@subbyte/tensor';

/** A bijection of 32 bits that spreads every bit (the finaliser of MurmurHash3, Appleby). */
function spread(value: number): number {
  const a = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

/** The random stream that belongs to some whole numbers (seed, epoch, index) and to no others. */
export function streamOf(...keys: readonly number[]): Random {
  return random(keys.reduce((hash, key) => spread(Math.imul(hash, 31) + key + 0x9e3779b9), 0));
}
