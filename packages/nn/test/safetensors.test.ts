import {
  type DataType,
  dataTypes,
  flattenTree,
  newArray,
  random,
  type Tensor,
  type Tree,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  loadTree,
  resnet,
  SafetensorsError,
} from '../src/index.ts';

/** A file from a header (text, or data to be written as JSON) and data. */
function file(header: unknown, data: readonly number[] = [], length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

test('the variables of a network survive the way there and back', () => {
  const module = resnet({ depth: 8, classes: 3, width: 2 });
  const variables = module.init(random(1));
  const bytes = encodeSafetensors(variables, { architecture: 'resnet-8' });
  const read = decodeSafetensors(bytes);
  expect(read.metadata).toEqual({ architecture: 'resnet-8' });
  const loaded = loadTree(read, module.init(random(2)));
  const values = (tree: Tree): unknown[] =>
    flattenTree(tree).map(([path, leaf]) => [path, leaf.shape, toNumbers(leaf)]);
  expect(values(loaded)).toEqual(values(variables));
  expect(encodeSafetensors(loaded, { architecture: 'resnet-8' })).toEqual(bytes);
});

test('every data type and any name survives, at any place in memory', () => {
  const shapes = fc.array(fc.nat(3), { maxLength: 3 });
  const leaves = fc.dictionary(fc.string(), fc.tuple(fc.constantFrom(...dataTypes), shapes), {
    maxKeys: 6,
  });
  fc.assert(
    fc.property(leaves, fc.integer(), (spec, seed) => {
      const stream = random(seed);
      const tree = Object.fromEntries(
        Object.entries(spec)
          .filter(([name]) => name !== '__metadata__' && !name.includes('.'))
          .map(([name, [dtype, shape]]: [string, [DataType, number[]]]) => {
            const array = newArray(
              dtype,
              shape.reduce((a, b) => a * b, 1),
            );
            const raw = new Uint8Array(array.buffer);
            for (let i = 0; i < raw.length; i++)
              raw[i] = stream.integer(dtype === 'bool' ? 2 : 256);
            return [name, tensor(array, shape, dtype) as Tensor];
          }),
      );
      const bytes = encodeSafetensors(tree);
      const shifted = new Uint8Array(bytes.length + 3);
      shifted.set(bytes, 3);
      const { tensors } = decodeSafetensors(shifted.subarray(3));
      expect([...tensors.keys()].sort()).toEqual(Object.keys(tree).sort());
      for (const [name, one] of Object.entries(tree)) {
        const other = tensors.get(name) as Tensor;
        expect([other.dtype, other.shape]).toEqual([one.dtype, one.shape]);
        expect(other.data).toEqual(one.data);
      }
    }),
    { seed: 1 },
  );
});

test('a file written by hand, as others write it', () => {
  const bytes = file(
    {
      b: { dtype: 'I32', shape: [2], data_offsets: [1, 9] },
      a: { dtype: 'BOOL', shape: [], data_offsets: [0, 1] },
    },
    [1, 255, 255, 255, 255, 2, 0, 0, 0],
  );
  const { tensors } = decodeSafetensors(bytes);
  expect(toNumbers(tensors.get('b') as Tensor)).toEqual([-1, 2]);
  expect(toNumbers(tensors.get('a') as Tensor)).toEqual([1]);
});

const entry = (override: object = {}): object => ({
  x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...override },
});
const data = [0, 0, 128, 63];

const hostile: Readonly<Record<string, readonly [Uint8Array, string]>> = {
  'too short': [new Uint8Array(7), 'file has 7 bytes'],
  'a header longer than the file': [file({}, [], 3n), 'header of 3 bytes in a file of 10'],
  'an endless header': [file({}, [], 2n ** 64n - 1n), 'header of 18446744073709551615 bytes'],
  'no JSON': [file('{"x":'), 'not JSON'],
  'broken UTF-8': [new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), 'not JSON'],
  'an array': [file('[]'), 'not a JSON object'],
  'an entry that is no object': [file({ x: 3 }), 'entry is not an object'],
  'an unknown dtype': [file(entry({ dtype: 'F7' }), data), 'dtype "F7" is not one of'],
  'a dtype of the prototype': [file(entry({ dtype: 'constructor' }), data), 'is not one of'],
  'a fractional shape': [file(entry({ shape: [0.5] }), data), 'shape is not'],
  'a negative shape': [file(entry({ shape: [-1] }), data), 'shape is not'],
  'a huge rank': [file(entry({ shape: new Array(1000).fill(1) }), data), 'shape is not'],
  'a shape that overflows': [
    file(entry({ shape: new Array(30).fill(2 ** 52) }), data),
    'bytes for float32',
  ],
  'a shape larger than the data': [file(entry({ shape: [2 ** 40] }), data), '4 bytes for float32'],
  'infinite times nothing': [
    file(entry({ shape: [...new Array(31).fill(2 ** 52), 0], data_offsets: [0, 0] }), []),
    'bytes for float32',
  ],
  'offsets the wrong way round': [file(entry({ data_offsets: [4, 0] }), data), '-4 bytes'],
  'one offset': [file(entry({ data_offsets: [0] }), data), 'pair of positions'],
  'data beyond the end': [file(entry(), [0, 0]), 'take 4 bytes of data, the file has 2'],
  'data left over': [file(entry(), [...data, 1]), 'take 4 bytes of data, the file has 5'],
  'a gap': [file(entry({ data_offsets: [1, 5] }), [0, ...data]), 'begins at 1, expected 0'],
  'an overlap': [
    file({ ...entry(), y: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, data),
    'expected 4',
  ],
  'a bool of 2': [file(entry({ dtype: 'BOOL', data_offsets: [0, 1] }), [2]), 'neither 0 nor 1'],
  'metadata of numbers': [file({ __metadata__: { a: 1 } }), 'not an object of strings'],
};

for (const [name, [bytes, message]] of Object.entries(hostile)) {
  test(`refuses ${name}`, () => {
    expect(() => decodeSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });
}

test('damaged files are refused or read, never anything else', () => {
  const bytes = encodeSafetensors({ a: tensor([1, 2]), b: [tensor([3], [1], 'int8')] });
  fc.assert(
    fc.property(
      fc.nat(bytes.length - 1),
      fc.nat(255),
      fc.nat(bytes.length),
      (at, value, length) => {
        const damaged = bytes.slice(0, Math.max(length, at + 1));
        damaged[at] = value;
        try {
          decodeSafetensors(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test('loading says which tensor does not fit', () => {
  const read = decodeSafetensors(encodeSafetensors({ w: tensor([1, 2]), b: tensor([1]) }));
  const load = (like: Tree) => () => loadTree<Tree>(read, like);
  expect(load({ w: tensor([0, 0]) })).toThrow('a tensor "b" too many');
  expect(load({ w: tensor([0, 0]), c: tensor([1]) })).toThrow('no tensor "c"');
  expect(load({ w: tensor([0, 0], [2, 1]), b: tensor([1]) })).toThrow(
    'tensor "w" is float32 [2], expected float32 [2,1]',
  );
  expect(() => encodeSafetensors({ 'a.b': tensor([1]), a: { b: tensor([2]) } })).toThrow(
    'not distinct',
  );
});
