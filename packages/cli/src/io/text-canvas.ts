import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Canvas } from '@napi-rs/canvas';
import { fontFolder } from './ocr-assets.ts';
import { loadPeer } from './peer.ts';

const fonts: Readonly<Record<string, string>> = {
  'DejaVuSans.ttf': 'DejaVu Sans',
  'DejaVuSerif.ttf': 'DejaVu Serif',
  'DejaVuSansMono.ttf': 'DejaVu Sans Mono',
  'DejaVuSansCondensed.ttf': 'DejaVu Sans Condensed',
};

/** The canvas of `@napi-rs/canvas`, and the families it can write in. */
interface TextCanvas {
  readonly createCanvas: (width: number, height: number) => Canvas;
  readonly fonts: readonly string[];
}

/**
 * A canvas that knows the DejaVu fonts.
 * @throws CliError with the line that installs what is missing.
 */
export async function textCanvas(): Promise<TextCanvas> {
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
  return {
    createCanvas: (width, height) => createCanvas(width, height),
    fonts: Object.values(fonts),
  };
}
