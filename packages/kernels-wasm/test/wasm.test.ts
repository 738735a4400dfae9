import { reference } from '@subbyte/kernels';
import { casesFor, checkCase } from '@subbyte/kernels/conformance';
import { random, randomNormal, reshape, scope, tensor, zeros } from '@subbyte/tensor';
import { createMemory, createStorageFactory } from '@subbyte/wasm-memory';
import { expect, test } from 'vitest';
import { createEngine } from '../src/engine.ts';
import { WasmError, wasm } from '../src/index.ts';
import { instantiate } from '../src/module.ts';
import { createKernels } from '../src/table.ts';

const noOptions = {};

test('1000 random kernel calls in scopes leave no byte behind', async () => {
  const backend = await wasm();
  const cases = casesFor(backend.kernels);
  const stream = random(7);
  const before = backend.liveBytes();
  for (let i = 0; i < 1000; i++) {
    const one = cases[stream.integer(cases.length)];
    if (!one) continue;
    scope(() => {
      checkCase(one, backend.kernels, stream.uniform() < 0.5 ? backend.upload : undefined);
      return undefined;
    });
  }
  expect(backend.liveBytes()).toBe(before);
});

test('packed copies of a frozen tensor go with it', async () => {
  const backend = await wasm();
  const x = backend.upload(randomNormal([2, 3, 9, 9], random(1)));
  const before = backend.liveBytes();
  const weight = backend.upload(randomNormal([8, 3, 3, 3], random(2)));
  backend.freeze(weight);
  const unpacked = backend.liveBytes();
  const run = () =>
    scope(() => {
      const conv = backend.kernels.conv2d;
      if (!conv) throw new Error('no conv2d');
      const options = {
        strides: [1, 1],
        dilations: [1, 1],
        padding: [1, 1, 1, 1],
        groups: 1,
      } as const;
      return Array.from(conv([x, weight], options).data as Float32Array);
    });
  const first = run();
  const packed = backend.liveBytes();
  expect(packed).toBeGreaterThan(unpacked);
  expect(run()).toEqual(first);
  expect(backend.liveBytes()).toBe(packed);
  weight.storage.dispose();
  expect(backend.liveBytes()).toBe(before);
});

test('a frozen tensor may be read under several shapes', async () => {
  const backend = await wasm();
  const frozen = backend.upload(randomNormal([24], random(8)));
  backend.freeze(frozen);
  for (const [n, k] of [
    [6, 4],
    [4, 6],
    [3, 8],
  ] as const) {
    for (const transposeB of [false, true]) {
      const a = randomNormal([5, k], random(9));
      const operands = [a, reshape(frozen, transposeB ? [n, k] : [k, n])] as const;
      const options = { transposeA: false, transposeB };
      const actual = backend.kernels.matmul?.(operands, options).data as Float32Array;
      const expected = reference.matmul(operands, options).data as Float32Array;
      expected.forEach((value, i) => {
        expect(actual[i]).toBeCloseTo(value, 5);
      });
    }
  }
});

test('tensors keep their elements while the memory grows', async () => {
  const backend = await wasm();
  const a = backend.upload(tensor([1, 2, 3]));
  const held = a.data;
  const big = backend.zeros([64 * 1024 * 1024], 'float32');
  expect(held.length).toBe(0);
  expect(Array.from(a.data)).toEqual([1, 2, 3]);
  expect(big.data[0]).toBe(0);
  big.data[big.size - 1] = 7;
  expect(big.data[big.size - 1]).toBe(7);
});

test('kernels work on addresses beyond 2 GiB', async () => {
  const memory = createMemory();
  memory.allocate(2 ** 31, 'test');
  const storages = createStorageFactory(memory, {});
  const { functions } = await instantiate(memory.memory, false, false);
  const engine = createEngine(functions, memory, storages);
  const a = engine.upload(randomNormal([37, 50], random(3)));
  const b = engine.upload(randomNormal([50, 21], random(4)));
  const options = { transposeA: false, transposeB: false };
  const actual = createKernels(engine).matmul?.([a, b], options).data as Float32Array;
  expect(actual.byteOffset).toBeGreaterThan(2 ** 31);
  const expected = reference.matmul([a, b], options).data as Float32Array;
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 4);
  });
});

test('what repeats takes no scratch: not all of it is called where it is written down', async () => {
  const memory = createMemory();
  const { functions } = await instantiate(memory.memory, false, false);
  const engine = createEngine(functions, memory, createStorageFactory(memory, {}));
  const seen: number[] = [];
  engine.call('relu', () => {
    engine.scratch(16);
    engine.repeat(3, (i) => seen.push(i));
    expect(() => engine.repeat(2, () => engine.table([1]))).toThrow(
      /^relu: scratch is taken before/,
    );
    engine.scratch(16);
  });
  expect(seen).toEqual([0, 1, 2]);
});

test('running out of memory is a WasmError that names kernel and bytes, and leaves no byte behind', async () => {
  const backend = await wasm();
  const x = backend.upload(zeros([1, 2 ** 15]));
  const y = backend.upload(zeros([2 ** 15, 1]));
  const before = backend.liveBytes();
  const { add } = backend.kernels;
  expect(() => add?.([x, y], noOptions)).toThrow(WasmError);
  expect(() => add?.([x, y], noOptions)).toThrow(/^add: no memory for 4294967296 bytes/);
  expect(() => backend.zeros([2 ** 31 - 1], 'float64')).toThrow(
    /^zeros: no memory for 17179869176/,
  );
  expect(backend.liveBytes()).toBe(before);
  expect(add?.([tensor([3]), tensor([1])], noOptions).data[0]).toBe(4);
});

test('a disposed tensor cannot be used again', async () => {
  const backend = await wasm();
  const a = backend.upload(tensor([1, 2, 3]));
  a.storage.dispose();
  a.storage.dispose();
  expect(() => backend.kernels.add?.([a, a], noOptions)).toThrow('disposed');
  expect(backend.liveBytes()).toBe(0);
});

test('what has no code here falls back to the reference, result in linear memory', async () => {
  const backend = await wasm();
  const x = tensor([1, -2, 3], [3], 'int32');
  const result = backend.kernels.abs?.([x], noOptions);
  expect(Array.from(result?.data as Int32Array)).toEqual([1, 2, 3]);
  expect(result && backend.upload(result)).toBe(result);
});

test('both modules give the same bytes at every call', async () => {
  for (const relaxedSimd of [false, 'auto'] as const) {
    const [one, two] = [await wasm({ relaxedSimd }), await wasm({ relaxedSimd })];
    const x = randomNormal([33, 70], random(5));
    const y = randomNormal([70, 45], random(6));
    const options = { transposeA: false, transposeB: false };
    const first = one.kernels.matmul?.([x, y], options).data as Float32Array;
    const second = two.kernels.matmul?.([one.upload(x), y], options).data as Float32Array;
    expect(Array.from(second)).toEqual(Array.from(first));
  }
});

test('updates refuse frozen tensors and leave the others alone', async () => {
  const backend = await wasm();
  const target = backend.upload(tensor([1, 2, 3], [3]));
  const source = backend.upload(tensor([1, 1, 1], [3]));
  backend.freeze(source);
  expect(() => backend.kernels.accumulateUpdate?.([source, target], {})).toThrow(WasmError);
  expect(backend.kernels.accumulateUpdate?.([target, source], {})).toBe(target);
  expect(Array.from(target.data)).toEqual([2, 3, 4]);
  expect(Array.from(source.data)).toEqual([1, 1, 1]);
});
