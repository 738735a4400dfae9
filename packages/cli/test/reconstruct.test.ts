import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@subbyte/datasets';
import { trace } from '@subbyte/graph';
import { resnet } from '@subbyte/nn';
import { toOnnx } from '@subbyte/onnx';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconstructionOf } from '../src/options/reconstruction-arguments.ts';
import { finished, lastJson, runCli, startCli } from './helpers/run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-reconstruct-'));
  const network = resnet({ depth: 8, classes: 4, width: 8 });
  const variables = network.init(random(1));
  const images = randomNormal([64, 3, 8, 8], random(2));
  const graph = trace(
    (x: Tensor) => network.apply(variables, x).y,
    randomNormal([2, 3, 8, 8], random(3)),
    { batch: 'n', name: 'small' },
  );
  await writeFile(join(folder, 'model.onnx'), toOnnx(graph, { form: 'float' }));
  await writeFile(join(folder, 'images.npy'), writeNpy(images));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bits = ['--weights', '3', '--activations', '4', '--no-prove', '--seed', '5'];
const data = ['--calibration', 'npy:images.npy'];
const words = (out: string, ...more: string[]): string[] => {
  const own = ['--method', '--iterations'].every((option) => !more.includes(option));
  const end = more.includes('--finish-iterations') ? [] : ['--finish-iterations', '60'];
  const learning = own ? ['--method', 'qdrop', '--iterations', '60', ...end] : [];
  return ['quantize', 'model.onnx', '-o', out, ...bits, ...data, ...learning, ...more];
};
const run = (out: string, ...more: string[]) => runCli(words(out, ...more), folder);
const bytesOf = (name: string) => readFile(join(folder, name));
const unitsIn = (name: string): string[] =>
  existsSync(join(folder, name))
    ? readdirSync(join(folder, name)).filter((file) => /^joint\.\d+$/.test(file))
    : [];

/** Starts a run and sends it a signal once it has learned two units. */
async function interrupt(signal: 'SIGKILL' | 'SIGINT', out: string, ...more: string[]) {
  const child: ChildProcess = startCli(words(out, ...more), folder);
  const ended = finished(child);
  const over = { is: false };
  void ended.then(() => {
    over.is = true;
  });
  while (!over.is && unitsIn(`${out}.units`).length < 2) {
    await new Promise((wake) => setTimeout(wake, 5));
  }
  child.kill(signal);
  return ended;
}

interface Unit {
  readonly name: string;
  readonly pass: string;
  readonly layers: readonly string[];
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly kept: boolean;
  readonly flips: number;
  readonly weights: number;
  readonly seconds: number | null;
  readonly cache: string;
}

test('units get better, and the file does not depend on the number of threads', async () => {
  const one = await run('one.onnx', '--threads', '1', '--json', '--report', 'one.html');
  expect(one.stderr).toBe('');
  const { units, method } = lastJson<{ units: Unit[]; method: string }>(one);
  expect(method).toBe('qdrop');
  expect(units.length).toBeGreaterThan(3);
  expect(units.some(({ kept }) => kept)).toBe(true);
  for (const unit of units) {
    expect(['joint', 'network']).toContain(unit.pass);
    expect(unit.layers.length).toBeGreaterThan(0);
    expect(unit.kept).toBe(unit.lossAfter < unit.lossBefore);
    expect(unit.weights).toBeGreaterThan(unit.flips);
    expect(unit.seconds).toBeGreaterThan(0);
  }
  expect(units.reduce((sum, { flips }) => sum + flips, 0)).toBeGreaterThan(0);
  expect(await readFile(join(folder, 'one.html'), 'utf8')).toContain('Reconstruction');
  const two = await run('two.onnx', '--threads', '2');
  expect(two.stdout).toMatch(/\d+ of \d+ learned units kept; their losses are 0\.\d+ of what/);
  expect(await bytesOf('two.onnx')).toEqual(await bytesOf('one.onnx'));
  await run('nearest.onnx', '--method', 'nearest');
  expect(await bytesOf('nearest.onnx')).not.toEqual(await bytesOf('one.onnx'));
}, 240_000);

test('killed while it learns and gone on with, a run ends with the same bytes', async () => {
  await run('straight.onnx', '--checkpoint', 'straight.onnx.units');
  const checkpoint = ['--checkpoint', 'killed.onnx.units'];
  expect((await interrupt('SIGKILL', 'killed.onnx', ...checkpoint)).code).toBe(-1);
  expect(existsSync(join(folder, 'killed.onnx'))).toBe(false);
  const learned = unitsIn('killed.onnx.units');
  expect(learned.length).toBeGreaterThanOrEqual(2);

  const fresh = await run('killed.onnx', ...checkpoint);
  expect(fresh.code).toBe(1);
  expect(fresh.stderr).toContain('killed.onnx.units has the checkpoint of a run: add --resume');
  const other = await run('killed.onnx', ...checkpoint, '--resume', '--weight-observer', 'minmax');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('weights.observer is "mse", expected "minMax"');
  expect(existsSync(join(folder, 'killed.onnx'))).toBe(false);

  const resumed = await run('killed.onnx', ...checkpoint, '--resume', '--json');
  expect(resumed.stderr).toBe('');
  const { units } = lastJson<{ units: Unit[] }>(resumed);
  expect(units.filter(({ seconds }) => seconds === null)).toHaveLength(learned.length);
  expect(await bytesOf('killed.onnx')).toEqual(await bytesOf('straight.onnx'));
  for (const name of unitsIn('straight.onnx.units')) {
    const [one, two] = [join('killed.onnx.units', name), join('straight.onnx.units', name)];
    expect(await bytesOf(one)).toEqual(await bytesOf(two));
  }
}, 240_000);

test('Ctrl-C keeps what was learned and says how to go on', async () => {
  const folders = ['--checkpoint', 'stopped.onnx.units'];
  const many = ['--method', 'qdrop', '--iterations', '300'];
  const { code, stderr } = await interrupt('SIGINT', 'stopped.onnx', ...many, ...folders);
  expect(code).toBe(130);
  expect(stderr.trim()).toBe(
    'subbyte: interrupted; stopped.onnx.units has what was learned so far, --resume goes on from there',
  );
  expect(existsSync(join(folder, 'stopped.onnx'))).toBe(false);
  const left = [...(await readdir(folder)), ...(await readdir(join(folder, 'stopped.onnx.units')))];
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
}, 120_000);

test('--finish-iterations 0 leaves the pass over the whole network out', async () => {
  const few = ['--method', 'adaround', '--iterations', '2', '--finish-iterations', '0'];
  const rates = ['--rounding-rate', '0.05', '--step-rate', '0.01'];
  const result = await run('unfinished.onnx', ...few, ...rates, '--json');
  const { units } = lastJson<{ units: Unit[] }>(result);
  expect(new Set(units.map(({ pass }) => pass))).toEqual(new Set(['weights', 'steps']));
}, 120_000);

test('units are those that inspect tells, or others by hand', async () => {
  const inspected = lastJson<{ units: string[][] }>(
    await runCli(['inspect', 'model.onnx', '--json'], folder),
  );
  expect(inspected.units.length).toBeGreaterThan(2);
  await writeFile(join(folder, 'found.json'), JSON.stringify(inspected));
  const few = ['--method', 'qdrop', '--iterations', '4', '--finish-iterations', '1'];
  await run('found.onnx', ...few);
  await run('same.onnx', ...few, '--units', 'found.json');
  const [found, same] = await Promise.all(['found.onnx', 'same.onnx'].map(bytesOf));
  // All but the recipe in the metadata, which names the units.
  expect((same?.length ?? 0) - (found?.length ?? 0)).toBeGreaterThan(0);
  const whole = [inspected.units.flat()];
  await writeFile(join(folder, 'whole.json'), JSON.stringify(whole));
  const one = await run('whole.onnx', ...few, '--units', 'whole.json', '--json');
  const { units } = lastJson<{ units: Unit[] }>(one);
  expect(units.map(({ pass }) => pass)).toEqual(['joint', 'network']);
  expect(units[0]?.layers).toEqual(whole[0]);
  for (const [content, message] of [
    ['[["conv', 'bad.json is no JSON'],
    ['{"blocks":[]}', 'bad.json has no units: expected lists of layer names'],
    ['[["conv99"]]', 'units[0] has "conv99": no layer has this name; the nearest are'],
    [JSON.stringify(inspected.units.toReversed()), 'makes: move units['],
  ] as const) {
    await writeFile(join(folder, 'bad.json'), content);
    const { code, stderr } = await run('bad.onnx', ...few, '--units', 'bad.json');
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  }
}, 240_000);

test('--memory bounds what is kept of the samples and says so', async () => {
  const few = ['--method', 'qdrop', '--iterations', '4', '--finish-iterations', '1'];
  const small = await run('small.onnx', ...few, '--memory', '1kB');
  expect(small.code).toBe(1);
  const [, least] = /memory is 1000: .* the least that works is (\d+)/.exec(small.stderr) ?? [];
  expect(Number(least)).toBeGreaterThan(1000);
  const result = await run('small.onnx', ...few, '--memory', least as string, '--json');
  const { units, memory } = lastJson<{ units: Unit[]; memory: number }>(result);
  expect(memory).toBe(Number(least));
  expect(units.map(({ cache }) => cache)).toContain('recomputed');
  const text = await run('small.onnx', ...few);
  expect(text.stdout).toMatch(/caches at most [\d.]+ [kM]B of 2\.00 GB \(--memory\)/);
}, 240_000);

test('--resume where nothing is kept yet begins', async () => {
  const few = ['--method', 'adaround', '--iterations', '2', '--finish-iterations', '1'];
  const { code } = await run('begun.onnx', ...few, '--checkpoint', 'begun.units', '--resume');
  expect(code).toBe(0);
  const passes = (await readdir(join(folder, 'begun.units'))).map((name) => name.split('.')[0]);
  expect(new Set(passes)).toEqual(new Set(['job', 'weights', 'steps', 'network']));
}, 120_000);

test('every option of learning arrives where it is meant', () => {
  const options = {
    ...{ method: 'brecq', iterations: '7', 'batch-size': '3', 'rounding-rate': '0.1' },
    ...{ 'step-rate': '0.2', 'weight-step-rate': '0.3', 'bias-rate': '0.4', penalty: '50' },
    ...{ 'drop-probability': '0.6', loss: 'fisherFull', 'prediction-difference': '70' },
    ...{ 'finish-iterations': '8', 'finish-rate': '0.9', 'finish-code-rate': '0.95' },
  };
  expect(reconstructionOf(options)).toEqual({
    ...{ method: 'brecq', iterations: 7, batchSize: 3, roundingRate: 0.1 },
    ...{ stepRate: 0.2, weightStepRate: 0.3, biasRate: 0.4, penalty: 50 },
    ...{ dropProbability: 0.6, loss: 'fisherFull', predictionDifference: 70 },
    ...{ finishIterations: 8, finishRate: 0.9, finishCodeRate: 0.95 },
  });
});

test.each([
  [['--resume'], '--resume needs --checkpoint'],
  [['--method', 'nearest', '--iterations', '9'], '--iterations is for --method adaround'],
  [['--method', 'nearest', '--checkpoint', 'x'], '--checkpoint is for --method adaround'],
  [['--method', 'qdrp'], 'did you mean "qdrop"?'],
  [['--iterations', '0', '--method', 'brecq'], '--iterations is "0"'],
  [['--memory', 'much'], '--memory is "much", expected bytes like 512MB'],
  [['--method', 'nearest', '--units', 'units.json'], '--units is for --method adaround'],
  [['--finish-iterations', '-1'], '--finish-iterations is "-1"'],
  [['--finish-rate', '2'], '--finish-rate is "2", expected a number from 0 to 1'],
  [['--method', 'nearest', '--step-rate', '0.1'], '--step-rate is for --method adaround'],
  [['--method', 'qdrop', '--loss', 'fisherDiagnal'], 'did you mean "fisherDiagonal"?'],
  [['--method', 'nearest', '--loss', 'fisherFull'], '--loss is for --method adaround'],
  [['--threads', '0'], '--threads is "0"'],
])('%j is a usage error', async (more, message) => {
  const { code, stderr } = await run('x.onnx', ...more);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test.each([
  ['of another size', randomNormal([64, 3, 9, 8], random(1)), "is [64,3,9,8], the model's input"],
  ['too few', randomNormal([31, 3, 8, 8], random(1)), 'calibration has 31 samples'],
  [
    'not numbers',
    (() => {
      const value = randomNormal([64, 3, 8, 8], random(1));
      value.data[1000] = Number.NaN;
      return value;
    })(),
    'has NaN at 232, expected finite numbers',
  ],
])('images that are %s are refused before anything is learned', async (_, images, message) => {
  await writeFile(join(folder, 'images-bad.npy'), writeNpy(images as Tensor<'float32'>));
  const bad = ['--method', 'qdrop', '--calibration', 'npy:images-bad.npy', '--batch', '4'];
  const own = ['quantize', 'model.onnx', '-o', 'bad.onnx', ...bits, ...bad];
  const { code, stderr } = await runCli([...own, '--checkpoint', 'bad.units'], folder);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toContain('not a typed error');
  expect(code).toBe(1);
  expect(existsSync(join(folder, 'bad.onnx'))).toBe(false);
  expect(unitsIn('bad.units')).toEqual([]);
});

test('no folder can be where a file is', async () => {
  const { code, stderr } = await run('x.onnx', '--checkpoint', 'images.npy');
  expect(stderr).toContain('cannot keep checkpoints in images.npy');
  expect(code).toBe(1);
});
