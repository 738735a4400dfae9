import { BitpackError } from './errors.ts';

/** What an array may hold. */
const mostCodes = 2 ** 31 - 1;

/** @throws BitpackError unless `bits` is a whole number from 1 to 8. */
export function checkBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) {
    throw new BitpackError(`${bits} bits: expected a whole number from 1 to 8`);
  }
}

/** @throws BitpackError unless `count` is a whole number that an array can hold. */
export function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > mostCodes) {
    throw new BitpackError(`${count} codes: expected a whole number from 0 to ${mostCodes}`);
  }
}

/** @throws BitpackError naming the first code that is not a whole number from `min` to `max`. */
export function checkCodes(codes: ArrayLike<number>, min: number, max: number): void {
  checkCount(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    if (!(code >= min && code <= max) || !Number.isInteger(code)) {
      throw new BitpackError(`code ${code} at ${i}: expected a whole number from ${min} to ${max}`);
    }
  }
}

/** @throws BitpackError unless `what` has the length that `count` codes need. */
export function checkLength(what: string, length: number, expected: number, count: number): void {
  if (length !== expected) {
    throw new BitpackError(`${what} of ${length} for ${count} codes: expected ${expected}`);
  }
}
