import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batches, cifar10 } from '@subbyte/datasets';
import { trace } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { resnet } from '@subbyte/nn';
import { toOnnx } from '@subbyte/onnx';
import { random, scope, type Tensor, zeros } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finished, lastJson, runCli, startCli } from './helpers/run-cli.ts';

const record = 1 + 3 * 32 * 32;
/** What the command does to pictures unless told otherwise. */
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
let folder = '';

/** CIFAR-10 in its binary form: each class is a colour, under noise. */
function pictures(count: number, seed: number): Uint8Array {
  const stream = random(seed);
  const bytes = new Uint8Array(count * record);
  for (let i = 0; i < count; i++) {
    const label = i % 10;
    bytes[i * record] = label;
    for (let k = 1; k < record; k++) {
      const plane = Math.floor((k - 1) / 1024);
      const level = 40 + 19 * ((label * (plane + 1) * 3) % 10);
      bytes[i * record + k] = level + stream.integer(50);
    }
  }
  return bytes;
}

/** A small residual network as a file, batch norms unfolded, their statistics those of `pictures`. */
async function writeModel(
  name: string,
  { classes = 10, channels = 3, side = 32, open = true } = {},
): Promise<void> {
  const network = resnet({ depth: 8, width: 4, classes, channels });
  const { parameters, state: start } = network.init(random(1));
  let state = start;
  if (channels === 3) {
    for await (const { input } of batches(cifar10(pictures(40, 3)), {
      batchSize: 40,
      ...normalization,
    })) {
      for (let i = 0; i < 40; i++) {
        state = scope(() => network.apply({ parameters, state }, input, { train: true }).state);
      }
    }
  }
  const variables = { parameters, state };
  const example = zeros([2, channels, side, side]);
  const graph = trace((x: Tensor) => network.apply(variables, x).y, example, {
    names: variables,
    ...(open && { batch: 'N' }),
  });
  await writeFile(join(folder, name), toOnnx(graph, { form: 'float' }));
}

beforeAll(async () => {
  setBackend(await wasm());
  folder = await mkdtemp(join(tmpdir(), 'subbyte-cifar-'));
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'train.bin'), pictures(160, 1));
  await writeFile(join(folder, 'data', 'test.bin'), pictures(40, 2));
  await writeModel('model.onnx');
});
afterAll(async () => {
  setBackend(undefined);
  await rm(folder, { recursive: true, force: true });
});

/** The command line, with defaults for what `words` do not say. */
const train = (model: string, ...words: string[]): string[] => {
  const defaults = { '--data': 'cifar10:data', '--batch': '16', '--threads': '1' };
  const missing = Object.entries(defaults).filter(([option]) => !words.includes(option));
  return ['train', 'cifar', '--model', model, '--json', ...missing.flat(), ...words];
};
const normalizing = Object.entries(normalization).flatMap(([name, values]) => [
  `--${name}`,
  values.join(','),
]);
const run = (model: string, ...words: string[]) => runCli(train(model, ...words), folder);
const bytesOf = (name: string) => readFile(join(folder, name));

test('one epoch on pictures of the format teaches something, and says so', async () => {
  const result = await run('model.onnx', '--rate', '0.02', '--out', 'tuned.onnx');
  expect(result.stderr).toMatch(
    /^epoch 1\/1 {2}loss [\d.]+ {2}accuracy [\d.]+ % {2}\d+ images\/s/m,
  );
  expect(result.code).toBe(0);
  const { seconds, imagesPerSecond, before, after, ...rest } =
    lastJson<Record<string, number>>(result);
  expect(rest).toEqual({
    target: 'cifar',
    accuracy: after,
    steps: 10,
    resumedAt: 0,
    threads: 1,
    output: 'tuned.onnx',
    checkpoint: 'tuned.onnx.checkpoint',
  });
  expect(seconds).toBeGreaterThan(0);
  expect(imagesPerSecond).toBeGreaterThan(0);
  expect(after).toBeGreaterThan(before as number);
  // The numbers are those of the files themselves.
  const again = await runCli(
    ['eval', 'tuned.onnx', '--data', 'cifar10:data', '--split', 'test', ...normalizing, '--json'],
    folder,
  );
  expect(lastJson<{ top1: number }>(again).top1).toBe(after);
}, 120_000);

test('a run that is killed and resumed ends with the same bytes, and only with its own settings', async () => {
  const words = ['--epochs', '3', '--seed', '3', '--out'];
  await run('model.onnx', ...words, 'straight.onnx');
  const child = startCli(train('model.onnx', ...words, 'cut.onnx', '--save-every', '2'), folder);
  const ended = finished(child);
  while (!existsSync(join(folder, 'cut.onnx.checkpoint'))) {
    await new Promise((wake) => setTimeout(wake, 5));
  }
  child.kill('SIGKILL');
  expect((await ended).code).not.toBe(0);
  const other = await run('model.onnx', ...words, 'cut.onnx', '--resume', '--rate', '0.5');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('is of a run with rate 0.001, expected 0.5');
  const resumed = await run('model.onnx', ...words, 'cut.onnx', '--resume');
  const { resumedAt } = lastJson<{ resumedAt: number }>(resumed);
  expect(resumedAt).toBeGreaterThanOrEqual(2);
  expect(resumedAt).toBeLessThan(30);
  for (const end of ['', '.checkpoint']) {
    expect(await bytesOf(`cut.onnx${end}`)).toEqual(await bytesOf(`straight.onnx${end}`));
  }
}, 120_000);

test('data that is cut off or missing is named', async () => {
  await mkdir(join(folder, 'broken'));
  await writeFile(join(folder, 'broken', 'train.bin'), pictures(2, 1).subarray(0, record + 100));
  await writeFile(join(folder, 'broken', 'test.bin'), pictures(20, 1));
  const broken = await run('model.onnx', '--data', 'cifar10:broken', '--out', 'no.onnx');
  expect(broken.code).toBe(1);
  expect(broken.stderr).toContain('CIFAR-10: 3173 bytes, expected a positive multiple of 3073');
  const missing = await run('model.onnx', '--data', 'cifar10:nowhere', '--out', 'no.onnx');
  expect([missing.code, missing.stderr]).toEqual([1, 'subbyte: cifar10:nowhere: no such folder\n']);
  const few = await run('model.onnx', '--batch', '200', '--out', 'no.onnx');
  expect([few.code, few.stderr]).toEqual([1, 'subbyte: 160 pictures do not fill a batch of 200\n']);
  const wrong = await run('model.onnx', '--data', 'folder:data', '--out', 'no.onnx');
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'subbyte: --data is "folder:data", expected cifar10:DIR\n',
  ]);
  expect(existsSync(join(folder, 'no.onnx'))).toBe(false);
}, 120_000);

const misfits = {
  'side.onnx': [{ side: 16 }, 'takes [N, 3, 16, 16], expected [N, 3, 32, 32]'],
  'grey.onnx': [{ channels: 1 }, 'takes [N, 1, 32, 32], expected [N, 3, 32, 32]'],
  'few.onnx': [{ classes: 7 }, 'gives [N, 7], expected [N, 10]'],
  'many.onnx': [{ classes: 11 }, 'gives [N, 11], expected [N, 10]'],
  'fixed.onnx': [{ open: false }, 'takes 2 pictures at a time, expected an open batch size'],
} as const;

for (const [name, [shape, message]] of Object.entries(misfits)) {
  test(`a model that does not fit is refused before it is trained: ${message}`, async () => {
    await writeModel(name, shape);
    const { code, stderr } = await run(name, '--out', 'no.onnx');
    expect([code, stderr]).toEqual([1, `subbyte: ${name} ${message}\n`]);
    expect(existsSync(join(folder, 'no.onnx'))).toBe(false);
  });
}
