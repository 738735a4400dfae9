import { type FloatTensor, random } from '@subbyte/tensor';
import { checkCount, toTensor } from './batches.ts';
import type { Box } from './box.ts';
import type { Normalization } from './normalize.ts';
import { type RenderPageOptions, renderPage, type TextPage } from './render-page.ts';
import type { Batch } from './types.ts';

/** Which pages to make up. */
export interface TextPagesOptions extends RenderPageOptions {
  readonly count: number;
}

/** Some pages, ready for a detector. */
export interface PageBatch extends Batch {
  /** `[N, 3, height, width]` */
  readonly input: FloatTensor;
  readonly pages: readonly TextPage[];
  /** Where the lines of each page are, pixels. */
  readonly boxes: readonly (readonly Box[])[];
}

/** What PP-OCR's detectors want: planes blue, green, red, with the means of red, green, blue. */
const usual = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  order: 'bgr',
} as const satisfies Normalization;

/**
 * Makes up pages one after the other, none of them kept.
 * @throws DatasetError as `renderPage` does.
 */
export function* textPages({ count, ...options }: TextPagesOptions): Generator<TextPage> {
  const stream = random(options.seed);
  for (let i = 0; i < count; i++) {
    yield renderPage({ ...options, seed: stream.integer(2 ** 32) });
  }
}

/**
 * Gathers pages of equal size into batches, in order, normalised as PP-OCR's detectors want them
 * unless told otherwise. Their sides should be multiples of 32.
 * @throws DatasetError for a batch size below 1 and pages of different sizes in a batch.
 */
export function* pageBatches(
  pages: Iterable<TextPage>,
  batchSize = 1,
  { mean = usual.mean, std = usual.std, order = usual.order }: Normalization = {},
): Generator<PageBatch> {
  checkCount('batch size', batchSize);
  let start = 0;
  let group: TextPage[] = [];
  const batch = (): PageBatch => {
    const first = start;
    start += group.length;
    return {
      input: toTensor(
        group.map(({ image }) => image),
        { mean, std, order },
      ),
      indices: Uint32Array.from(group, (_, i) => first + i),
      pages: group,
      boxes: group.map(({ boxes }) => boxes),
    };
  };
  for (const page of pages) {
    group.push(page);
    if (group.length < batchSize) continue;
    yield batch();
    group = [];
  }
  if (group.length > 0) yield batch();
}
