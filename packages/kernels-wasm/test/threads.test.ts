import { casesFor, checkCase } from '@subbyte/kernels/conformance';
import { random, randomNormal, scope } from '@subbyte/tensor';
import { canShare } from '@subbyte/wasm-memory';
import { afterAll, expect, test } from 'vitest';
import { WasmError, wasm } from '../src/index.ts';

const one = await wasm();
const many = await wasm({ threads: 3 });
afterAll(() => many.close());

test('there are three threads, one where memory cannot be shared', () => {
  expect([one.threads, many.threads]).toEqual([1, canShare() ? 3 : 1]);
});

// On one thread the conformance tests have done it.
test.skipIf(!canShare())('on three threads every case holds', () => {
  for (const each of casesFor(many.kernels)) {
    scope(() => {
      checkCase(each, many.kernels, many.upload);
      return undefined;
    });
  }
});

const options = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1], groups: 1 } as const;
const shapes = { x: [7, 20, 24, 24], weight: [36, 20, 3, 3] } as const;

/** Bytes of a convolution large enough to be split, and of both its gradients. */
function bytesOf(backend: typeof one, strides: readonly [number, number]): Uint8Array[] {
  let bytes: Uint8Array[] = [];
  scope(() => {
    const { conv2d, conv2dInputGradient, conv2dWeightGradient } = backend.kernels;
    if (!conv2d || !conv2dInputGradient || !conv2dWeightGradient) throw new Error('no kernel');
    const stream = random(3);
    const x = backend.upload(randomNormal(shapes.x, stream));
    const weight = backend.upload(randomNormal(shapes.weight, stream));
    const own = { ...options, strides };
    const y = conv2d([x, weight], own);
    const results = [
      y,
      conv2dInputGradient([y, weight], { ...own, inputShape: shapes.x }),
      conv2dWeightGradient([x, y], { ...own, weightShape: shapes.weight }),
    ];
    const copies = results.map(({ data }) => Float32Array.from(data as Float32Array));
    bytes = copies.map(({ buffer }) => new Uint8Array(buffer));
    return undefined;
  });
  return bytes;
}

/** Index of the first byte in which any two differ, or -1. `toEqual` takes minutes for millions of bytes. */
function firstDifference(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): number {
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  for (const [i, bytes] of expected.entries()) {
    const own = actual[i] as Uint8Array;
    for (let k = 0; k < bytes.length; k++) if (own[k] !== bytes[k]) return k;
  }
  return -1;
}

test('results do not depend on the number of threads', () => {
  for (const strides of [
    [1, 1],
    [2, 2],
  ] as const) {
    const expected = bytesOf(one, strides);
    for (let i = 0; i < 20; i++) expect(firstDifference(bytesOf(many, strides), expected)).toBe(-1);
  }
});

test('nor do those of the other kernels', () => {
  const image = [8, 24, 40, 40] as const;
  const pool = {
    kernel: [2, 2],
    strides: [2, 2],
    dilations: [1, 1],
    padding: [0, 0, 0, 0],
    ceil: false,
  } as const;
  const plain = { transposeA: false, transposeB: false };
  const epsilon = 1e-5;
  const results = [one, many].map((backend) => {
    const { kernels } = backend;
    const table = kernels as Required<typeof kernels>;
    const stream = random(5);
    const upload = (...shape: number[]) => backend.upload(randomNormal(shape, stream));
    const [x, g, a, b] = [upload(...image), upload(...image), upload(300, 200), upload(200, 310)];
    const [scale, half, bias] = [upload(24), upload(8, 24, 20, 20), upload(310)];
    const [batchA, batchB] = [upload(6, 90, 70), upload(6, 70, 100)];
    const statistics = table.batchNormStatistics([x], {});
    const sums = table.batchNormParameterGradient([x, g, statistics], { epsilon });
    const row = upload(24, 1, 1);
    const outputs = [
      statistics,
      sums,
      table.relu([x], {}),
      table.add([x, g], {}),
      table.mul([x, row], {}),
      table.mul([row, x], {}),
      table.activationGradient([x, g], { activation: { kind: 'silu' } }),
      table.batchNorm([x, scale, scale, scale, table.abs([scale], {})], { epsilon }),
      table.batchNormInputGradient([x, g, scale, statistics, sums], { epsilon }),
      table.reduceSum([x], { axes: [0, 2, 3], keepAxes: false }),
      table.reduceMean([x], { axes: [0, 1], keepAxes: false }),
      table.matmul([a, b, bias], plain),
      table.matmul([batchA, batchB], plain),
      table.maxPool2dGradient([x, half], pool),
      table.averagePool2dGradient([half], { ...pool, countPadding: false, inputShape: image }),
      table.conv2d([x, upload(24, 1, 3, 3)], { ...options, groups: 24 }),
      table.conv2d([upload(1, 24, 40, 40), upload(20, 24, 3, 3), upload(20)], options),
      table.conv2d([upload(2, 24, 41, 41), upload(20, 12, 3, 3)], {
        ...options,
        strides: [2, 2],
        groups: 2,
      }),
      table.conv2d([upload(1, 64, 40, 41), upload(21, 64, 1, 1)], {
        ...options,
        padding: [0, 0, 0, 0],
      }),
      table.conv2d([upload(1, 90, 30, 30), upload(90, 1, 3, 3)], { ...options, groups: 90 }),
      table.convTranspose2d([half, upload(24, 9, 4, 4)], {
        ...options,
        strides: [2, 2],
        outputPadding: [0, 0],
      }),
      table.softmax([x], { axis: 3 }),
      table.softmaxGradient([x, g], { axis: 1 }),
      table.instanceNorm([x, scale, scale], { epsilon }),
      table.instanceNormInputGradient([x, g, scale], { epsilon }),
      table.layerNorm([x, upload(40)], { axis: 3, epsilon }),
      table.layerNormInputGradient([x, g, upload(40)], { axis: 3, epsilon }),
      ...[scale, upload(1)].flatMap((step) => {
        const grid = { axis: 1, groupSize: 0, min: -8, max: 7 };
        const operands = [x, step, step] as const;
        return [
          table.fakeQuantizeUniform(operands, grid),
          table.fakeQuantizeUniformGradient([...operands, g], grid),
          table.fakeQuantizeUniformScaleGradient([...operands, g], grid),
        ];
      }),
      table.accumulateUpdate([g, x], {}),
    ];
    return outputs.map(
      ({ data }) => new Uint8Array(Float32Array.from(data as Float32Array).buffer),
    );
  });
  const [expected, actual] = results as [Uint8Array[], Uint8Array[]];
  expect(firstDifference(actual, expected)).toBe(-1);
});

test('workers see memory that grew', () => {
  scope(() => {
    const large = many.zeros([64, 1024, 1024], 'float32');
    expect(large.size).toBe(2 ** 26);
    return undefined;
  });
  const behind = many.zeros([40, 1024, 1024], 'float32');
  expect(firstDifference(bytesOf(many, [1, 1]), bytesOf(one, [1, 1]))).toBe(-1);
  behind.storage.dispose();
});

test('after close everything runs on the calling thread', async () => {
  const backend = await wasm({ threads: 2 });
  backend.close();
  expect(backend.threads).toBe(1);
  expect(firstDifference(bytesOf(backend, [1, 1]), bytesOf(one, [1, 1]))).toBe(-1);
});

test('no threads at all are refused', async () => {
  await expect(wasm({ threads: 0 })).rejects.toThrow(WasmError);
});
