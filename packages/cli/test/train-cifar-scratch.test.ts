import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeModel } from '@subbyte/onnx-proto';
import { random } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastJson, runCli } from './helpers/run-cli.ts';

let folder = '';

/** Pictures in the binary form of CIFAR-10: noise, brighter the higher the label, labels 0 and 9. */
function brightness(count: number, seed: number): Uint8Array {
  const stream = random(seed);
  return Uint8Array.from({ length: count * 3073 }, (_, i) => {
    const label = Math.floor(i / 3073) % 2 === 0 ? 0 : 9;
    return i % 3073 === 0 ? label : 20 * label + stream.integer(60);
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-train-cifar-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data/train.bin'), brightness(96, 1));
  await writeFile(join(folder, 'data/test.bin'), brightness(32, 2));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (...words: string[]) =>
  runCli(['train', 'cifar', '--data', 'cifar10:data', '--json', ...words], folder);
const scratch = ['--architecture', 'mobilenetv2', '--batch', '16', '--epochs', '2'] as const;
const bytesOf = (name: string) => readFile(join(folder, name));

test('a MobileNetV2 from scratch learns, is written with its batch norms, and goes on learning', async () => {
  const out = ['--out', 'new.onnx', '--threads', '1'];
  const result = await train(...scratch, ...out);
  expect(result.stderr.trim().split('\n')).toHaveLength(2);
  expect(result.code).toBe(0);
  const data = lastJson<Record<string, unknown>>(result);
  expect(data).toMatchObject({ architecture: 'mobilenetv2', steps: 12, resumedAt: 0 });
  expect(data).not.toHaveProperty('before');
  expect(data.accuracy).toBeGreaterThan(45);
  const { graph } = decodeModel(await bytesOf('new.onnx'));
  expect(graph?.input?.map(({ name }) => name)).toEqual(['input']);
  expect(graph?.output?.map(({ name }) => name)).toEqual(['logits']);
  const counts: Record<string, number> = {};
  for (const { opType = '' } of graph?.node ?? []) counts[opType] = (counts[opType] ?? 0) + 1;
  // Bottlenecks are linear: of the three convolutions of a block, two have an activation.
  expect(counts).toMatchObject({ Conv: 26, BatchNormalization: 26, Clip: 18, Add: 5 });

  const tuned = await train('--model', 'new.onnx', '--batch', '16', '--out', 'tuned.onnx');
  expect(lastJson(tuned).before).toBe(data.accuracy);

  // The same bytes with more threads, and from a checkpoint that is there already.
  await train(...scratch, '--out', 'again.onnx', '--threads', '2');
  const bytes = await bytesOf('new.onnx');
  expect(await bytesOf('again.onnx')).toEqual(bytes);
  await rm(join(folder, 'new.onnx'));
  expect(lastJson(await train(...scratch, ...out, '--resume')).resumedAt).toBe(12);
  expect(await bytesOf('new.onnx')).toEqual(bytes);
  const other = await train(...out, '--architecture', 'resnet20', '--batch', '16', '--resume');
  expect(other.code).toBe(1);
}, 120_000);

test.each([
  [[], 'needs either --model FILE or --architecture mobilenetv2 or resnet20'],
  [['--model', 'a.onnx', '--architecture', 'resnet20'], 'needs either'],
  [['--architecture', 'mobilenet'], 'did you mean "mobilenetv2"?'],
])('cifar %j is a usage error', async (words, message) => {
  const { code, stderr } = await train(...words);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
