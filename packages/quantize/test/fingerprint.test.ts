import { tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFingerprint } from '../src/fingerprint.ts';

const of = (...pieces: readonly Uint8Array[]): string => {
  const fingerprint = createFingerprint();
  for (const piece of pieces) fingerprint.addBytes(piece);
  return fingerprint.digest();
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('digests are what they were: stores of older versions stay readable', () => {
  expect(of()).toMatch(/^[0-9a-f]{16}$/);
  expect(of(bytes('subbyte'))).toBe('793399a1e31d858a');
});

test('where a piece ends counts, and where it lies in memory does not', () => {
  expect(of(bytes('ab'), bytes('c'))).not.toBe(of(bytes('a'), bytes('bc')));
  expect(of(bytes('a'))).not.toBe(of(bytes('a\0')));
  const content = Uint8Array.from({ length: 37 }, (_, i) => 7 * i);
  for (const offset of [1, 2, 3, 4]) {
    const moved = new Uint8Array(64);
    moved.set(content, offset);
    expect(of(moved.subarray(offset, offset + 37))).toBe(of(content));
  }
});

test('one flipped bit changes about half of all 64', () => {
  const content = Uint8Array.from({ length: 32 }, (_, i) => 31 * i);
  const before = BigInt(`0x${of(content)}`);
  let changed = 0;
  for (let bit = 0; bit < 256; bit++) {
    const other = content.slice();
    other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
    const difference = before ^ BigInt(`0x${of(other)}`);
    const count = difference.toString(2).replaceAll('0', '').length;
    expect(count).toBeGreaterThan(10);
    changed += count;
  }
  expect(changed / 256).toBeGreaterThan(30);
  expect(changed / 256).toBeLessThan(34);
});

test('tensors differ by type, shape and elements', () => {
  const digest = (value: Parameters<ReturnType<typeof createFingerprint>['addTensor']>[0]) => {
    const fingerprint = createFingerprint();
    fingerprint.addTensor(value);
    return fingerprint.digest();
  };
  const data = Float32Array.of(1, 2, 3, 4);
  const digests = [
    digest(tensor(data, [4])),
    digest(tensor(data, [2, 2])),
    digest(tensor(new Int32Array(data.buffer), [4], 'int32')),
    digest(tensor(Float32Array.of(1, 2, 3, -4), [4])),
  ];
  expect(new Set(digests).size).toBe(4);
  expect(digest(tensor(data.slice(), [4]))).toBe(digests[0]);
});

test('different data have different digests', () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (piece) => {
      const digest = of(piece);
      const same = seen.get(digest) ?? String(piece);
      seen.set(digest, same);
      expect(same).toBe(String(piece));
    }),
    { numRuns: 1000 },
  );
});
