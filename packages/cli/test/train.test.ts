import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finished, lastJson, runCli, startCli } from './helpers/run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-train-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tiny = ['train', 'digits', '--samples', '320', '--batch', '32', '--json'];
const run = (out: string, ...words: string[]) =>
  runCli([...tiny, '--epochs', '3', '--out', out, ...words], folder);
const bytesOf = (name: string) => readFile(join(folder, name));

async function appearance(name: string): Promise<void> {
  while (!existsSync(join(folder, name))) await new Promise((wake) => setTimeout(wake, 5));
}

test('a few steps teach something, the same for any number of threads', async () => {
  const result = await run('one.onnx', '--threads', '1');
  expect(result.code).toBe(0);
  const epochs = result.stderr.trim().split('\n');
  expect(epochs).toHaveLength(3);
  const losses = epochs.map((line) => Number(/loss ([\d.]+)/.exec(line)?.[1]));
  expect(losses[2]).toBeLessThan(0.9 * (losses[0] ?? 0));
  const { accuracy, steps, heldOut } = lastJson<Record<string, number>>(result);
  expect({ steps, heldOut }).toEqual({ steps: 30, heldOut: 2000 });
  expect(accuracy).toBeGreaterThan(25);
  await run('two.onnx', '--threads', '2');
  expect(await bytesOf('two.onnx')).toEqual(await bytesOf('one.onnx'));
}, 60_000);

test('a run that is killed and goes on ends with the same bytes', async () => {
  await run('straight.onnx', '--seed', '5', '--threads', '1');
  const words = [
    ...tiny,
    '--epochs',
    '3',
    '--seed',
    '5',
    '--out',
    'killed.onnx',
    '--save-every',
    '3',
  ];
  const child = startCli(words, folder);
  const ended = finished(child);
  await appearance('killed.onnx.checkpoint');
  child.kill('SIGKILL');
  expect((await ended).code).not.toBe(0);
  expect(existsSync(join(folder, 'killed.onnx'))).toBe(false);
  const { resumedAt } = lastJson<{ resumedAt: number }>(
    await runCli([...words, '--resume'], folder),
  );
  expect(resumedAt).toBeGreaterThanOrEqual(3);
  expect(resumedAt).toBeLessThan(30);
  for (const end of ['', '.checkpoint']) {
    expect(await bytesOf(`killed.onnx${end}`)).toEqual(await bytesOf(`straight.onnx${end}`));
  }
}, 60_000);

test('Ctrl-C keeps the training, whole', async () => {
  const temporary = async () => (await readdir(folder)).filter((name) => name.endsWith('.tmp'));
  // The killed run before may have left one.
  const before = await temporary();
  const child = startCli(
    [...tiny, '--epochs', '200', '--threads', '1', '--out', 'stopped.onnx'],
    folder,
  );
  const ended = finished(child);
  await appearance('stopped.onnx.checkpoint');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toMatch(/interrupted after step \d+ of 2000; --resume goes on/);
  expect(existsSync(join(folder, 'stopped.onnx'))).toBe(false);
  expect(await temporary()).toEqual(before);
}, 60_000);

test('a checkpoint goes on only with the settings it was started with', async () => {
  const { code, stderr } = await run('straight.onnx', '--seed', '6', '--resume');
  expect(code).toBe(1);
  expect(stderr).toContain('is of a run with seed 5, expected 6');
  const missing = await run('none.onnx', '--resume');
  expect(missing.stderr).toContain('cannot read none.onnx.checkpoint: no such file');
});
