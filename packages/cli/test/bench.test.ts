// The real command; times decide nothing here.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setBackend } from '@subbyte/kernels';
import { toOnnx } from '@subbyte/onnx';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Bench } from '../src/bench/bench-models.ts';
import { engines } from '../src/engines/index.ts';
import { loadPeer } from '../src/io/peer.ts';
import { lastJson, runCli } from './helpers/run-cli.ts';
import { runHere } from './helpers/run-here.ts';
import { tinyModel } from './helpers/tiny-network.ts';

let folder = '';
/** Words that end in `.onnx` are files of the folder. */
const cli = (...words: string[]) =>
  runHere(words.map((word) => (word.endsWith('.onnx') ? join(folder, word) : word)));

/** `y = relu(x)` for any picture. */
const anySize = toOnnx(
  {
    name: 'any',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, 'h', 'w'] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [{ op: 'relu', name: 'relu', inputs: ['x'], outputs: ['y'], attributes: {} }],
    constants: new Map(),
    metadata: {},
  },
  { form: 'float' },
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-bench-'));
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  await writeFile(join(folder, 'any.onnx'), anySize);
  const words = ['quantize', 'tiny.onnx', '--no-prove', '--calibration', 'random'];
  const made = [
    await cli(...words, '-o', 'w8.onnx'),
    await cli(...words, '-o', 'w4.onnx', '--weights', '4', '--format', 'packed'),
  ];
  expect(made.map(({ code }) => code)).toEqual([0, 0]);
  // Quantizing had as many threads as there are cores.
  setBackend(undefined);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('models in our runtime and in onnxruntime: times, ratios, layers, outputs that agree', async () => {
  const engines = ['--engine', 'runtime,subbyte', '--against', 'ort-web,ort-node'];
  const short = ['--batch', '2', '--seconds', '0.01', '--rounds', '4', '--json'];
  // In a process of its own, as users run it.
  const models = ['tiny.onnx', 'w8.onnx', 'w4.onnx'];
  const result = await runCli(['bench', ...models, ...engines, ...short], folder);
  expect(result.stderr).toBe('');
  const bench = lastJson<Bench>(result);
  expect(bench).toMatchObject({ threads: 1, interrupted: false });
  expect(bench.rounds).toBeGreaterThanOrEqual(4);
  expect(bench.inputs['w4.onnx']).toEqual({ input: [2, 3, 8, 8] });
  expect(bench.results.map(({ model, engine }) => `${model} ${engine}`)).toEqual(
    models.flatMap((model) =>
      ['ort-web', 'ort-node', 'runtime', 'subbyte'].map((engine) => `${model} ${engine}`),
    ),
  );
  for (const { model, engine, times, median, least, ratios, sqnr, layers } of bench.results) {
    expect(times).toHaveLength(bench.rounds);
    expect(least).toBeGreaterThan(0);
    expect(median).toBeGreaterThanOrEqual(least);
    // Three models in two engines, itself left out.
    expect(ratios).toHaveLength(engine.startsWith('ort') ? 5 : 6);
    for (const { ratio } of ratios) expect(ratio).toBeGreaterThan(0);
    if (engine === 'ort-web') expect(sqnr).toBeUndefined();
    else expect(sqnr, `${model} ${engine}`).toBeGreaterThan(model === 'tiny.onnx' ? 100 : 30);
    const kernels = layers?.map(({ kernel }) => kernel) ?? [];
    expect(kernels.length > 0).toBe(engine === 'runtime');
    if (engine !== 'runtime') continue;
    const codes = kernels.filter((kernel) => kernel === 'integerConv2d');
    expect(codes, model).toHaveLength(model === 'tiny.onnx' ? 0 : 2);
    expect(layers?.every(({ runs, milliseconds }) => runs > 0 && milliseconds >= 0)).toBe(true);
  }
});

test('the text has a row for each, a column for each ratio, and the slowest layers', async () => {
  const options = ['--against', 'ort-web', '--seconds', '0.01', '--layers', '2'];
  const { code, stdout } = await cli('bench', 'tiny.onnx', 'w4.onnx', ...options);
  expect(code).toBe(0);
  expect(stdout).toContain('Input input 1x3x8x8. 1 thread, ');
  expect(stdout).toMatch(/median ms +least +\/ ort-web +\/ ort-web, tiny.onnx +agreement/);
  expect(stdout.match(/^(tiny|w4)\.onnx +(ort-web|runtime) +[\d.]+ +[\d.]+/gm)).toHaveLength(4);
  expect(stdout).toMatch(/^w4\.onnx in runtime: the slowest 2 of \d+ steps/m);
  const alone = await cli('bench', 'tiny.onnx', '--seconds', '0.01', '--layers', '0');
  expect(alone.stdout).not.toContain('/ ');
  expect(alone.stdout).not.toContain('steps');
});

test('sizes that a model leaves open are asked for, and taken', async () => {
  const refused = await cli('bench', 'any.onnx');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(
    'input "x" is 1x3xhxw; say --shape x=1x3xNxN with numbers for N',
  );
  const options = ['--shape', '2x3x5x7', '--seconds', '0.01', '--json'];
  const { inputs } = lastJson<Bench>(await cli('bench', 'any.onnx', ...options));
  expect(inputs).toEqual({ [join(folder, 'any.onnx')]: { x: [2, 3, 5, 7] } });
});

test.each([
  [['tiny.onnx', '--engine', 'runtim'], 'did you mean "runtime"?', 2],
  [['tiny.onnx', '--engine', ','], '--engine is ","', 2],
  [['tiny.onnx', '--seconds', '0'], '--seconds is "0"', 2],
  [['tiny.onnx', '--shape', '1x3x8'], 'input "input" takes nx3x8x8, got the shape 1x3x8', 2],
  [['tiny.onnx', '--shape', 'y=1x3x8x8'], 'the inputs of the model are input', 2],
  [['tiny.onnx', '--shape', '1x3x8x8,1x3x8x8'], 'two shapes', 2],
  [['tiny.onnx', '--shape', '1xx'], 'expected 1x3x224x224', 2],
  [['none.onnx'], 'none.onnx: no such file', 1],
])('%j says what to do', async (words, message, expected) => {
  const { code, stdout, stderr } = await cli('bench', ...words);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(expected);
});

test('Ctrl-C prints what was measured until then, or that there is nothing yet', async () => {
  const words = ['bench', join(folder, 'tiny.onnx'), '--seconds', '600', '--json'];
  const result = await runHere(words, (controller, what, done) => {
    if (what.startsWith('measuring') && done === 3) controller.abort();
  });
  expect(result.code).toBe(130);
  const { interrupted, rounds, results } = lastJson<Bench>(result);
  expect(interrupted).toBe(true);
  expect(rounds).toBe(3);
  expect(results[0]?.times).toHaveLength(3);
  const early = await runHere(words, (controller) => controller.abort());
  expect(early).toMatchObject({ code: 130, stdout: '' });
  expect(early.stderr).toContain('interrupted');
});

test('an engine that is not installed is named, with the line that installs it', async () => {
  const missing = Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
  const load = vi.spyOn(engines['ort-web'], 'load');
  load.mockImplementation(() =>
    loadPeer('onnxruntime-web', 'the engine ort-web', () => Promise.reject(missing)),
  );
  const { code, stderr } = await cli('bench', 'tiny.onnx', '--against', 'ort-web');
  load.mockRestore();
  expect(stderr).toBe(
    'subbyte: the engine ort-web needs onnxruntime-web, which is not installed: npm install onnxruntime-web',
  );
  expect(code).toBe(1);
});
