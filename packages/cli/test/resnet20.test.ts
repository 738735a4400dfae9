import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastJson, runCli } from './helpers/run-cli.ts';
import { isThere, shared } from './helpers/shared.ts';

const model = shared('models/resnet20-cifar10.onnx');
const data = ['--mean=0.485,0.456,0.406', '--std=0.229,0.224,0.225'] as const;
const source = `cifar10:${shared('data/cifar10')}`;
const here = isThere('models/resnet20-cifar10.onnx') && isThere('data/cifar10/test.bin');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-resnet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Accuracy {
  readonly top1: number;
  readonly top5: number;
  readonly images: number;
  readonly engine: string;
}
const evaluate = async (path: string, engine: string, samples: number): Promise<Accuracy> =>
  lastJson<Accuracy>(
    await runCli([
      ...['eval', path, '--data', source, ...data, '--json'],
      ...['--engine', engine, '--samples', String(samples)],
    ]),
  );

test.skipIf(!here)(
  'three engines agree on the accuracy of ResNet-20 (needs ../shared)',
  async () => {
    const results = await Promise.all(
      ['subbyte', 'ort-node', 'ort-web'].map((engine) => evaluate(model, engine, 400)),
    );
    expect(results.map(({ images }) => images)).toEqual([400, 400, 400]);
    expect(results[0]?.top1).toBeGreaterThan(85);
    expect(results[1]).toMatchObject({ top1: results[0]?.top1, top5: results[0]?.top5 });
    expect(results[2]).toMatchObject({ top1: results[0]?.top1, top5: results[0]?.top5 });
  },
);

interface Quantized {
  readonly bytes: number;
  readonly bytesBefore: number;
  readonly layers: readonly unknown[];
  readonly outputSqnr: number;
  readonly proof: {
    readonly engines: readonly { readonly runs: boolean; readonly sqnr: number }[];
    readonly operations: {
      readonly operations: Readonly<Record<string, number>>;
      readonly float: number;
    };
  };
}
const quantize = async (out: string, ...words: string[]): Promise<Quantized> =>
  lastJson<Quantized>(
    await runCli([
      ...['quantize', model, '-o', join(folder, out), '--calibration', source, ...data, '--json'],
      ...['--samples', '128', ...words],
    ]),
  );

test.skipIf(!here)(
  'int8 ResNet-20 is fused completely and keeps its accuracy (needs ../shared)',
  async () => {
    const { proof, bytes, bytesBefore } = await quantize('w8.onnx');
    expect(proof.operations.float).toBe(0);
    expect(proof.operations.operations).toMatchObject({
      'com.microsoft.QLinearConv': 19,
      'com.microsoft.QLinearAdd': 9,
      'com.microsoft.QGemm': 1,
    });
    expect(proof.engines.map(({ runs }) => runs)).toEqual([true, true, true]);
    for (const { sqnr } of proof.engines) expect(sqnr).toBeGreaterThan(30);
    expect(bytes).toBeLessThan(bytesBefore / 3);
    const float = await evaluate(model, 'ort-node', 2000);
    const int8 = await evaluate(join(folder, 'w8.onnx'), 'ort-node', 2000);
    expect(int8.top1).toBeGreaterThan(float.top1 - 0.6);
  },
);

test.skipIf(!here)(
  'the packed form shrinks with every bit and runs everywhere (needs ../shared)',
  async () => {
    const sizes: number[] = [];
    for (const bits of ['2', '3', '4', '6', '8']) {
      const { bytes, proof } = await quantize(
        `packed${bits}.onnx`,
        '--weights',
        bits,
        '--format=packed',
      );
      expect(proof.engines.map(({ runs }) => runs)).toEqual([true, true, true]);
      sizes.push(bytes);
    }
    for (const [i, size] of sizes.slice(1).entries()) expect(size).toBeGreaterThan(sizes[i] ?? 0);
    const float = await evaluate(model, 'ort-node', 2000);
    const four = await evaluate(join(folder, 'packed4.onnx'), 'ort-node', 2000);
    expect(four.top1).toBeGreaterThan(float.top1 - 2.5);
  },
);
