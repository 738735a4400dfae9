import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ocrAssets, openSource } from '../src/index.ts';
import { lastJson, runCli } from './helpers/run-cli.ts';
import { tinyModel } from './helpers/tiny-network.ts';

const { classifier, detector, recognizer } = await ocrAssets();
const size = ['--size', '256x320'];
let folder = '';
const cli = (...words: string[]) => runCli(words, folder);

interface Evaluated {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  readonly overlap: number;
  readonly images: number;
  readonly seconds: number;
  readonly engine: string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-pages-'));
  await copyFile(detector, join(folder, 'det.onnx'));
  await copyFile(classifier, join(folder, 'cls.onnx'));
  await copyFile(recognizer, join(folder, 'rec.onnx'));
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('eval finds the lines of pages, with pictures of what it found', async () => {
  const words = ['eval', 'det.onnx', '--data', 'ocr-pages', '--samples', '5', ...size];
  const engine = ['--engine', 'ort-node', '--batch', '2'];
  const result = await cli(...words, ...engine, '--pictures', 'found/here', '--json');
  expect(result.stderr).toBe('');
  const data = lastJson<Evaluated>(result);
  expect(data).toMatchObject({ images: 5, engine: 'ort-node', pictures: 'found/here' });
  expect(data.f1).toBeGreaterThan(90);
  expect(data.precision).toBeGreaterThan(90);
  expect(data.recall).toBeGreaterThan(90);
  expect(data.overlap).toBeGreaterThan(50);
  expect(data.seconds).toBeGreaterThan(0);
  const names = (await readdir(join(folder, 'found/here'))).sort();
  expect(names).toEqual([1, 2, 3, 4, 5].map((page) => `page-000${page}.png`));
  const picture = await loadImage(await readFile(join(folder, 'found/here', 'page-0005.png')));
  expect([picture.width, picture.height]).toEqual([2 * 320, 256 + 28]);
  const table = await cli(...words, ...engine);
  expect(table.stdout).toMatch(/f1 +9\d\.\d\d %|f1 +100\.00 %/);
}, 60_000);

test('a detector quantized on pages still finds lines, in our engine too', async () => {
  const words = ['--calibration', 'ocr-pages', '--samples', '3', ...size, '--no-prove', '--json'];
  const made = await cli('quantize', 'det.onnx', '-o', 'w8.onnx', ...words);
  expect(made.stderr).toBe('');
  expect(lastJson<{ bytes: number }>(made).bytes).toBeLessThan(1_600_000);
  const scores: Evaluated[] = [];
  for (const engine of ['subbyte', 'ort-node']) {
    const data = ['--data', 'ocr-pages', '--samples', '3', ...size, '--engine', engine];
    scores.push(lastJson<Evaluated>(await cli('eval', 'w8.onnx', ...data, '--json')));
  }
  for (const { f1 } of scores) expect(f1).toBeGreaterThan(85);
}, 120_000);

test('pages for calibration are not those of the test, and the same every time', async () => {
  const inputShape = ['n', 3, 'h', 'w'];
  const first = async (split: 'train' | 'test', seed: number) => {
    const source = await openSource('ocr-pages', { samples: 2, seed, split, inputShape });
    expect([source.count, source.truth]).toEqual([2, 'boxes']);
    for await (const { input } of source.batches()) {
      expect(input.shape).toEqual([1, 3, 480, 640]);
      return input.data;
    }
    throw new Error('no batch');
  };
  const train = await first('train', 1);
  expect(await first('train', 1)).toEqual(train);
  expect(await first('test', 1)).not.toEqual(train);
  expect(await first('train', 2)).not.toEqual(train);
});

test.each([
  [['tiny.onnx', '--data', 'ocr-pages'], 'multiples of 32'],
  [['det.onnx', '--data', 'ocr-pages', '--size', '100x640'], 'multiples of 32'],
  [['det.onnx', '--data', 'ocr-pages', '--size', '32x32'], '64 to 8192'],
  [['tiny.onnx', '--data', 'ocr-pages', '--size', '64x64'], '--size says 64'],
  [['det.onnx', '--data', 'ocr-page'], 'did you mean "ocr-pages"?'],
  [['rec.onnx', '--data', 'ocr', '--samples', '1', '--pictures', 'x'], '--pictures shows boxes'],
])('eval %j is a usage error', async (words, message) => {
  const { code, stderr } = await cli('eval', ...words);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test.each([
  [['--pictures', 'tiny.onnx'], 'cannot make tiny.onnx: a file of this name is there'],
  [['--pictures', 'tiny.onnx/x'], 'cannot make'],
])('%j fails with one line', async (words, message) => {
  const data = ['--data', 'ocr-pages', '--samples', '1', ...size, '--engine', 'ort-node'];
  const { code, stderr } = await cli('eval', 'det.onnx', ...data, ...words);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('not a typed error');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});

test('a model that is no detector is refused in one line', async () => {
  const data = ['--data', 'ocr-pages', '--samples', '1', '--size', '64x320'];
  const { code, stderr } = await cli('eval', 'cls.onnx', ...data, '--engine', 'ort-node');
  expect(stderr).toContain('detector output float32 [1,2]: expected float [N, 1, height, width]');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(1);
});
