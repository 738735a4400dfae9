// The page in Chromium, from the bundle that visitors get. Times decide nothing.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toOnnx } from '@subbyte/onnx';
import { findChromium, startChromium } from 'browser/chromium';
import { serve } from 'browser/serve';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundlePage } from '../src/bundle-page.ts';
import type { RaceResult } from '../src/page/messages.ts';

const executable = findChromium();
const isRequired = Boolean(process.env.CI) && process.env.CI !== 'false';
if (!executable && !isRequired) {
  console.log('skipped: no Chromium (apt-get install chromium, or SUBBYTE_CHROMIUM)');
}

type Browser = Awaited<ReturnType<typeof startChromium>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

/** Milliseconds; bundling and a race take seconds on a machine that has nothing else to do. */
const patience = 600_000;
let folder = '';
let server: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
/** What the pages complained about. */
const complaints: string[] = [];

/** `y = relu(x)` for pictures of any size. */
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
  if (!executable && !isRequired) return;
  folder = mkdtempSync(join(tmpdir(), 'subbyte-page-'));
  writeFileSync(join(folder, 'any.onnx'), anySize);
  writeFileSync(join(folder, 'broken.onnx'), anySize.subarray(0, 60));
  await bundlePage(join(folder, 'page'));
  server = await serve(join(folder, 'page'));
  browser = await startChromium(executable ?? '');
}, patience);
afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function open(mode: 'isolated' | 'plain'): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(patience);
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const isOwn = [server.origin, 'blob:', 'data:'].some((from) => request.url().startsWith(from));
    if (!isOwn) complaints.push(`request to ${request.url()}`);
  });
  await page.goto(`${server.origin}/${mode}/`);
  return page;
}

/** Runs what is chosen and reads the download. */
async function race(page: Page): Promise<RaceResult> {
  await page.locator('#run').click();
  await page.locator('#results:not([hidden]), #failure:not([hidden])').first().waitFor();
  expect(await page.locator('#failure').textContent()).toBe('');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('#download').click(),
  ]);
  return JSON.parse(readFileSync(await download.path(), 'utf8')) as RaceResult;
}

test.skipIf(!executable && !isRequired).each(['isolated', 'plain'] as const)(
  'a network made in the page runs in both engines, and they agree (%s)',
  async (mode) => {
    const page = await open(mode);
    const surroundings = await page.locator('#surroundings').textContent();
    expect(surroundings?.includes('Not cross-origin isolated')).toBe(mode === 'plain');
    expect(await page.locator('#threads').isDisabled()).toBe(mode === 'plain');
    await page.locator('label', { hasText: 'ResNet-8' }).click();
    await page.locator('#seconds').fill('1');
    if (mode === 'isolated') await page.locator('#threads').selectOption('2');
    const result = await race(page);
    const ids = ['ortFloat', 'ortInt8', 'float', 'w8a8', 'w4a8'];
    expect(result).toMatchObject({ isolated: mode === 'isolated', interrupted: false });
    expect(result.threads.subbyte).toBe(mode === 'isolated' ? 2 : 1);
    expect(result.inputs).toEqual({ input: [1, 3, 16, 16] });
    expect(result.entries.map(({ id }) => id)).toEqual(ids);
    for (const { id, times, median, ratios, agreement, layers } of result.entries) {
      expect(times).toHaveLength(result.rounds);
      expect(median).toBeGreaterThan(0);
      const others = ['ortFloat', 'ortInt8'].filter((base) => base !== id);
      expect(Object.keys(ratios)).toEqual(others);
      if (id.startsWith('ort')) continue;
      expect(agreement, id).toBeGreaterThan(id === 'float' ? 100 : 30);
      const kernels = layers?.map(({ kernel }) => kernel);
      const codes = kernels?.filter((kernel) => kernel === 'integerConv2d');
      expect(codes, id).toHaveLength(id === 'float' ? 0 : 7);
    }
    const rows = page.locator('.bars tbody tr');
    expect(await rows.count()).toBe(ids.length);
    for (const row of await rows.all()) {
      expect(await row.locator('.time').textContent()).toMatch(/^[\d.]+\sms$/);
      expect(await row.locator('.speed').textContent()).toMatch(/^[\d.]+\s×$/);
      expect((await row.locator('.bar').boundingBox())?.width).toBeGreaterThan(0);
    }
    expect(await page.locator('.numbers tbody tr').count()).toBe(ids.length);
    expect(await page.locator('#headline').textContent()).toContain('ResNet-8: subbyte ');
    expect(await page.locator('.layers tbody tr').count()).toBeGreaterThan(10);
    await page.locator('#layers-of').selectOption('float');
    expect(await page.locator('.layers').textContent()).not.toContain('integerConv2d');
    await page.close();
    expect(complaints.splice(0)).toEqual([]);
  },
  patience,
);

test.skipIf(!executable && !isRequired)(
  'files: sizes that are open are asked for, what is no model is refused, a race can be stopped',
  async () => {
    const page = await open('plain');
    await page.locator('#file').setInputFiles(join(folder, 'broken.onnx'));
    await page.locator('#failure:not([hidden])').waitFor();
    expect(await page.locator('#failure').textContent()).not.toBe('');
    await page.locator('#file').setInputFiles(join(folder, 'any.onnx'));
    const shape = page.locator('#shapes input');
    await shape.waitFor();
    expect(await shape.inputValue()).toBe('1x3x224x224');
    await shape.fill('2x3x8x8');
    for (const name of ['ortInt8', 'w8a8', 'w4a8']) {
      await page.locator(`.checks input[value=${name}]`).uncheck();
    }
    await page.locator('#seconds').fill('600');
    await page.locator('#run').click();
    // Rounds are counted as soon as there are some.
    await page.locator('#done[value]').waitFor();
    await page.locator('#stop').click();
    await page.locator('#results:not([hidden])').waitFor();
    expect(await page.locator('#circumstances').textContent()).toContain('until it was stopped');
    expect(await page.locator('#circumstances').textContent()).toContain('x 2 × 3 × 8 × 8');
    expect(await page.locator('.bars tbody tr').count()).toBe(2);
    await page.close();
    expect(complaints.splice(0)).toEqual([]);
  },
  patience,
);
