import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lineHeight, textBatches, textLines } from '@subbyte/datasets';
import { UsageError } from '../errors.ts';
import { fontFolder } from '../io/ocr-assets.ts';
import { loadPeer } from '../io/peer.ts';
import { cut, type OpenSource } from './source.ts';

const defaultSamples = 128;
/** Lines for calibration and lines for tests come from different streams. */
const testSeeds = 0x8000_0000;
const fonts: Readonly<Record<string, string>> = {
  'DejaVuSans.ttf': 'DejaVu Sans',
  'DejaVuSerif.ttf': 'DejaVu Serif',
  'DejaVuSansMono.ttf': 'DejaVu Sans Mono',
  'DejaVuSansCondensed.ttf': 'DejaVu Sans Condensed',
};

/** Made-up lines of text, drawn black on white: `[n, 3, 48, width]`, scored by the characters read. */
export const openOcr: OpenSource = async (_, options) => {
  const { samples = defaultSamples, seed, split, inputShape } = options;
  const [, channels, height] = inputShape;
  if (inputShape.length !== 4 || (channels !== 3 && typeof channels === 'number')) {
    throw new UsageError(
      `lines of text are [n, 3, ${lineHeight}, width]; the model's input is [${inputShape}]`,
    );
  }
  if (typeof height === 'number' && height !== lineHeight) {
    throw new UsageError(
      `lines of text are ${lineHeight} pixels high, the model's input is [${inputShape}]`,
    );
  }
  const { createCanvas, GlobalFonts } = await loadPeer(
    '@napi-rs/canvas',
    'rendering text',
    () => import('@napi-rs/canvas'),
  );
  const folder = await fontFolder();
  const there = new Set(await readdir(folder));
  for (const [file, family] of Object.entries(fonts)) {
    if (there.has(file)) GlobalFonts.registerFromPath(join(folder, file), family);
  }
  const { count, batchSize } = cut(samples, options, 1);
  const lines = [
    ...textLines({
      createCanvas,
      fonts: Object.values(fonts),
      count,
      seed: split === 'test' ? seed ^ testSeeds : seed,
    }),
  ];
  return { count, truth: 'texts', batches: () => textBatches(lines, batchSize) };
};
