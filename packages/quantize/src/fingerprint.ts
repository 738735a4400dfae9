// A short name for much data. It tells apart what comes about by accident; it is no protection against
// forgery.

import type { Tensor } from '@subbyte/tensor';

/** Takes data piece by piece; ends of pieces count, so that `ab`, `c` and `a`, `bc` differ. */
export interface Fingerprint {
  addText(text: string): void;
  addBytes(bytes: Uint8Array): void;
  /** Data type, shape and elements. */
  addTensor(value: Tensor): void;
  /** 64 bits as 16 hexadecimal digits. */
  digest(): string;
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** Spreads every bit over all others (the finalizer of MurmurHash3). */
function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const hexadecimal = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/**
 * A fingerprint of nothing yet. Two lanes of 32 bits, each a rotate-multiply chain with multipliers of
 * its own, that are mixed at the end.
 */
export function createFingerprint(): Fingerprint {
  let [a, b] = [0x9e3779b9 | 0, 0x7f4a7c15];
  const addWord = (word: number): void => {
    a = Math.imul(rotate(a ^ word, 13), 0x9e3779b1) + 0x165667b1;
    b = Math.imul(rotate(b + word, 17), 0x85ebca77) ^ 0x27d4eb2f;
  };
  const addBytes = (bytes: Uint8Array): void => {
    addWord(bytes.length);
    // Words must lie at multiples of four.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
    const whole = bytes.length >>> 2;
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, whole);
    for (let i = 0; i < whole; i++) addWord(words[i] as number);
    let rest = 0;
    for (let i = 4 * whole; i < bytes.length; i++) rest = (rest << 8) | (bytes[i] as number);
    if (bytes.length % 4 > 0) addWord(rest);
  };
  const addText = (text: string): void => addBytes(new TextEncoder().encode(text));
  return {
    addText,
    addBytes,
    addTensor: ({ dtype, shape, data }) => {
      addText(`${dtype}[${shape}]`);
      addBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
    digest: () => {
      const first = avalanche(a ^ rotate(b, 16));
      const second = avalanche(b + Math.imul(first, 0x9e3779b1));
      return hexadecimal(first) + hexadecimal(second);
    },
  };
}
