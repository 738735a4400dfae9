import { dataTypes, newArray, type Tensor, tensor } from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatasetError, readNpy, writeNpy } from '../src/index.ts';

function file(header: string, content: number[], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length, 0, 0, 0];
  return Uint8Array.of(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    ...length,
    ...text,
    ...content,
  );
}
const header = (descr: string, shape: string, fortran = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

test('what is written is read again, every type', () => {
  for (const dtype of dataTypes) {
    const values = newArray(dtype, 6);
    for (let i = 0; i < 6; i++)
      values[i] = (typeof values[0] === 'bigint' ? BigInt(i) : i % 2) as never;
    for (const shape of [[6], [2, 3], [1, 3, 2]]) {
      const read = readNpy(writeNpy(tensor(values, shape, dtype) as Tensor));
      expect([read.dtype, read.shape, read.data]).toEqual([dtype, shape, values]);
    }
  }
  expect(readNpy(writeNpy(tensor([5], [], 'float64'))).shape).toEqual([]);
  expect(writeNpy(tensor([1, 2])).length % 64).toBe(8);
});

test('versions, order of columns and an odd place in memory', () => {
  for (const version of [1, 2, 3]) {
    const bytes = file(header('|u1', '(2, 3)'), [1, 2, 3, 4, 5, 6], version);
    expect([...readNpy(bytes).data]).toEqual([1, 2, 3, 4, 5, 6]);
  }
  // np.asfortranarray([[1, 2, 3], [4, 5, 6]])
  const columns = readNpy(file(header('|u1', '(2, 3)', 'True'), [1, 4, 2, 5, 3, 6]));
  expect([...columns.data]).toEqual([1, 2, 3, 4, 5, 6]);
  const three = readNpy(file(header('|u1', '(2, 2, 2)', 'True'), [0, 4, 2, 6, 1, 5, 3, 7]));
  expect([...three.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const shifted = new Uint8Array([0, ...writeNpy(tensor([1.5, -2]))]).subarray(1);
  expect([...readNpy(shifted).data]).toEqual([1.5, -2]);
});

test('hostile headers are refused before anything is allocated', () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(4), /NUMPY/],
    [file(header('|u1', '(1,)'), [1], 4), /version 4/],
    [file(header('>f4', '(1,)'), [0, 0, 0, 0]), /">f4"/],
    [file(header('|O', '(1,)'), [0]), /"\|O"/],
    [file(header('<f4', '(99999999, 99999999)'), []), /too large/],
    [file(header('<f4', '(2000000000,)'), []), /0 bytes of elements/],
    [file(header('<f4', '(-1,)'), []), /shape/],
    [file(header('<f4', `(${'1, '.repeat(99)})`), [0, 0, 0, 0]), /too large/],
    [file(header('<f4', '(1,)'), [0, 0, 0, 0, 0]), /5 bytes of elements/],
    [file("{'descr': __import__('os')}", []), /descr/],
    [file(header('<f4', '(1,)'), [], 1).subarray(0, 30), /header of/],
  ];
  for (const [bytes, message] of cases) {
    expect(() => readNpy(bytes)).toThrow(DatasetError);
    expect(() => readNpy(bytes)).toThrow(message);
  }
});

test('no change of bytes leads to another error', () => {
  const good = writeNpy(tensor([1, 2, 3, 4], [2, 2]));
  const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  const property = fc.property(edits, fc.nat(good.length), (changes, cut) => {
    const bytes = good.slice(0, good.length - (cut % 3 === 0 ? cut : 0));
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    try {
      expect(readNpy(bytes).size).toBeLessThanOrEqual(16);
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
    }
  });
  fc.assert(property, { numRuns: 500 });
});
