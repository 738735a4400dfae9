import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '@subbyte/datasets';
import { decodeModel } from '@subbyte/onnx-proto';
import { random, randomNormal } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliResult, finished, killed, lastJson, runCli, startCli } from './helpers/run-cli.ts';
import { tinyModel } from './helpers/tiny-network.ts';

let folder = '';
const cli = (...words: string[]) => runCli(words, folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-cli-'));
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  await writeFile(join(folder, 'samples.npy'), writeNpy(randomNormal([48, 3, 8, 8], random(3))));
  await writeFile(join(folder, 'broken.onnx'), tinyModel().subarray(0, 900));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('--help lists the commands, and each command its options and examples', async () => {
  const main = await cli('--help');
  expect(main.code).toBe(0);
  for (const name of ['inspect', 'quantize', 'eval', 'compare']) {
    expect(main.stdout).toContain(name);
    const { code, stdout } = await cli(name, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('EXAMPLES');
    expect(stdout).toContain(`subbyte ${name} `);
    expect(stdout).toContain('--json');
  }
});

test('--version is that of the package', async () => {
  const manifest = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  expect((await cli('--version')).stdout.trim()).toBe(JSON.parse(manifest).version);
});

test.each([
  [['quantise', 'tiny.onnx'], 'did you mean "quantize"?'],
  [['inspect'], 'MODEL'],
  [['inspect', 'tiny.onnx', '--jsn'], 'unknown option --jsn; did you mean "--json"?'],
  [['eval', 'tiny.onnx'], '--data'],
  [['eval', 'tiny.onnx', '--data', 'cifar:x'], 'did you mean "cifar10"?'],
  [['eval', 'tiny.onnx', '--data', 'cifar10'], 'expected cifar10:DIR'],
  [['eval', 'tiny.onnx', '--data', 'random'], 'no labels'],
  [['eval', 'tiny.onnx', '--data', 'random', '--engine', 'ort'], '--engine is "ort"'],
  [['compare', 'tiny.onnx', 'tiny.onnx', '--data', 'random', '--samples', '0'], '--samples is "0"'],
  [['quantize', 'tiny.onnx', '-o', 'x.onnx', '--weights', '9'], '--weights is "9"'],
  [['quantize', 'tiny.onnx', '-o', 'x.onnx'], '--calibration is missing'],
  [['quantize', 'tiny.onnx', '-o', 'x.onnx', '--format', 'qqd'], 'did you mean "qdq"?'],
  [['quantize', 'tiny.onnx', '-o', 'x.onnx', '--std', '0', '--calibration', 'random'], '--std'],
])('%j is a usage error', async (words, message) => {
  const { code, stdout, stderr } = await cli(...words);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([
  [['inspect', 'none.onnx'], 'cannot read none.onnx: no such file or folder'],
  [['inspect', 'broken.onnx'], 'subbyte: '],
  [['eval', 'tiny.onnx', '--data', 'cifar10:none'], 'no such folder'],
  [['quantize', 'tiny.onnx', '-o', 'none/x.onnx', '--calibration', 'random'], 'cannot write none'],
  [['compare', 'tiny.onnx', 'tiny.onnx', '--data', 'npy:tiny.onnx'], 'npy'],
])('%j fails with one line', async (words, message) => {
  const { code, stderr } = await cli(...words);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).not.toContain('not a typed error');
  expect(code).toBe(1);
});

test('--debug adds the stack', async () => {
  const { stderr } = await cli('inspect', 'none.onnx', '--debug');
  expect(stderr).toMatch(/\n\s+at /);
});

test('inspect tells layers, parameters and MACs', async () => {
  const { code, stdout } = await cli('inspect', 'tiny.onnx');
  expect(code).toBe(0);
  expect(stdout).toContain('conv2d');
  expect(stdout).toContain('parameters');
  const data = lastJson<{
    layers: { name: string; quantizable: unknown }[];
    totals: Record<string, unknown>;
  }>(await cli('inspect', 'tiny.onnx', '--json'));
  expect(data.totals).toMatchObject({
    parameters: 8 * 27 + 8 + 16 * 72 + 16 + 64,
    macs: 64 * 8 * 27 + 64 * 16 * 72 + 64,
  });
  expect(data.layers.filter(({ quantizable }) => quantizable === true)).toHaveLength(3);
});

test('quantize writes a file that all engines run, and says so', async () => {
  const words = ['quantize', 'tiny.onnx', '-o', 'w8.onnx', '--calibration', 'npy:samples.npy'];
  const result = await cli(...words, '--report', 'report.html', '--json');
  expect(result.stderr).toBe('');
  const data = lastJson<{
    bytes: number;
    layers: { weightBits: number }[];
    report: string;
    proof: { engines: { engine: string; runs: boolean; sqnr: number }[]; operations: object };
  }>(result);
  expect(data.layers.map(({ weightBits }) => weightBits)).toEqual([8, 8, 8]);
  expect(data.report).toBe('report.html');
  expect(data.proof.engines.map(({ runs }) => runs)).toEqual([true, true, true]);
  for (const { engine, sqnr } of data.proof.engines) expect(sqnr, engine).toBeGreaterThan(25);
  expect(data.proof.operations).toMatchObject({ float: 0 });
  const written = await readFile(join(folder, 'w8.onnx'));
  expect(written.length).toBe(data.bytes);
  expect(decodeModel(written).graph?.node?.length).toBeGreaterThan(0);
  expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('<html');
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test.each([
  ['apot', '4', 'apot 4', '4-bit APoT weights, 8-bit activations'],
  ['ternary', '2', 'ternary 2', '2-bit ternary weights, 8-bit activations'],
])('--scheme %s is written, proved, and told by inspect', async (scheme, bits, cell, recipe) => {
  const out = `${scheme}.onnx`;
  const words = ['-o', out, '--calibration', 'npy:samples.npy', '--scheme', scheme];
  const { stdout } = await cli(
    'quantize',
    'tiny.onnx',
    ...words,
    '--weights',
    bits,
    '--format',
    'packed',
  );
  expect(stdout).toContain(cell);
  expect(stdout.match(/^(ort-node|ort-web|subbyte) +yes/gm)).toHaveLength(3);
  expect(stdout).toContain('0 convolutions and products stay float');
  expect((await cli('inspect', out)).stdout).toContain(`quantized by subbyte: ${recipe}`);
  const data = lastJson<{ recipe: object }>(await cli('inspect', out, '--json'));
  expect(data.recipe).toMatchObject({ weights: { scheme, bits: Number(bits) } });
});

test('the same command writes the same bytes', async () => {
  const words = ['--calibration', 'npy:samples.npy', '--weights', '3', '--format', 'packed'];
  await cli('quantize', 'tiny.onnx', '-o', 'one.onnx', '--no-prove', ...words);
  await cli('quantize', 'tiny.onnx', '-o', 'two.onnx', '--no-prove', ...words);
  const [one, two] = await Promise.all(
    ['one.onnx', 'two.onnx'].map((name) => readFile(join(folder, name))),
  );
  expect(one?.equals(two as Buffer)).toBe(true);
});

test('compare finds no noise between a model and itself, and some after quantization', async () => {
  const data = ['--data', 'npy:samples.npy', '--samples', '16', '--json'];
  const same = lastJson<{ sqnr: number }>(await cli('compare', 'tiny.onnx', 'tiny.onnx', ...data));
  expect(same.sqnr).toBe(150);
  await cli('quantize', 'tiny.onnx', '-o', 'w4.onnx', '--weights', '4', '--calibration', 'random');
  const { sqnr, layers } = lastJson<{ sqnr: number; layers: { sqnr: number }[] }>(
    await cli('compare', 'tiny.onnx', 'w4.onnx', ...data),
  );
  expect(sqnr).toBeGreaterThan(10);
  expect(sqnr).toBeLessThan(60);
  expect(layers.length).toBeGreaterThan(2);
});

test('Ctrl-C stops the work and leaves nothing behind', async () => {
  const before = await readdir(folder);
  const words = ['--calibration', 'random', '--samples', '100000', '--batch', '8'];
  const interrupt = async (delay: number): Promise<CliResult> => {
    const child = startCli(['quantize', 'tiny.onnx', '-o', 'never.onnx', ...words], folder);
    const ended = finished(child);
    setTimeout(() => child.kill('SIGINT'), delay);
    return ended;
  };
  let result = await interrupt(1500);
  // On a busy machine the command may not listen yet, and the signal ends it like any program.
  for (let delay = 3000; result.code === killed && delay < 60_000; delay *= 2) {
    result = await interrupt(delay);
  }
  expect(result.stderr).toContain('interrupted');
  expect(result.code).toBe(130);
  expect(await readdir(folder)).toEqual(before);
}, 180_000);
