import { type FloatTensor, random, tensor } from '@subbyte/tensor';
import type { CreateCanvas } from './canvas.ts';
import { DatasetError } from './errors.ts';
import { lineHeight, renderLine } from './render-line.ts';
import { textLine } from './text-lines.ts';
import type { Batch, Image } from './types.ts';

/** A line of text and its picture. */
export interface TextLine {
  readonly text: string;
  readonly image: Image;
}

/** Which lines to make up. */
export interface TextLinesOptions {
  readonly createCanvas: CreateCanvas;
  /** Families to choose from, known to the canvas. */
  readonly fonts: readonly string[];
  readonly count: number;
  readonly seed: number;
  /** Smallest and largest font size in pixels; 24 and 34 unless told otherwise. */
  readonly sizes?: readonly [smallest: number, largest: number] | undefined;
}

/** Some lines of text, ready for a recogniser. */
export interface TextBatch extends Batch {
  /** `[N, 3, 48, W]`, W a multiple of 8. */
  readonly input: FloatTensor;
  readonly texts: readonly string[];
}

/**
 * Makes up and draws lines of text, in random fonts and sizes. The texts depend on the seed alone;
 * the pixels on the canvas and its fonts, too.
 * @throws DatasetError without fonts or when the canvas cannot draw.
 */
export function* textLines(options: TextLinesOptions): Generator<TextLine> {
  const { createCanvas, fonts, count, seed, sizes = [24, 34] } = options;
  if (fonts.length === 0) throw new DatasetError('text lines: no fonts');
  const stream = random(seed);
  for (let i = 0; i < count; i++) {
    const text = textLine(stream);
    const font = fonts[stream.integer(fonts.length)] as string;
    const size = sizes[0] + stream.integer(sizes[1] - sizes[0] + 1);
    yield { text, image: renderLine({ createCanvas, text, font, size }) };
  }
}

/**
 * Gathers lines into batches: neighbours in width go together, narrower ones are continued in
 * white. Pixels become `(p / 255 - 0.5) / 0.5` in three equal planes (PP-OCR's order, blue, green,
 * red, is any order for grey text).
 * @throws DatasetError for lines that are not grey and 48 pixels high.
 */
export function* textBatches(lines: Iterable<TextLine>, batchSize = 1): Generator<TextBatch> {
  if (!(batchSize >= 1)) throw new DatasetError(`batch size ${batchSize}: expected at least 1`);
  const all = [...lines];
  // One by one they keep their order: no padding, nothing to gain from sorting.
  const order = all.map((_, i) => i);
  const widthOf = (i: number): number => (all[i] as TextLine).image.width;
  if (batchSize > 1) order.sort((a, b) => widthOf(a) - widthOf(b) || a - b);
  for (let start = 0; start < order.length; start += batchSize) {
    const indices = Uint32Array.from(order.slice(start, start + batchSize));
    const group = Array.from(indices, (index) => all[index] as TextLine);
    const images = group.map(({ image }) => image);
    yield { input: toTensor(images), indices, texts: group.map(({ text }) => text) };
  }
}

function toTensor(images: readonly Image[]): FloatTensor {
  const widest = images.reduce((width, image) => Math.max(width, image.width), 0);
  const width = Math.ceil(widest / 8) * 8;
  const plane = lineHeight * width;
  const values = new Float32Array(images.length * 3 * plane).fill(1);
  for (const [n, image] of images.entries()) {
    if (image.channels !== 1 || image.height !== lineHeight) {
      throw new DatasetError(
        `line of ${image.width} x ${image.height} x ${image.channels}: expected grey, ${lineHeight} high`,
      );
    }
    const base = n * 3 * plane;
    for (let y = 0; y < lineHeight; y++) {
      for (let x = 0; x < image.width; x++) {
        const pixel = image.data[y * image.width + x] as number;
        values[base + y * width + x] = (pixel / 255 - 0.5) / 0.5;
      }
    }
    const first = values.subarray(base, base + plane);
    values.set(first, base + plane);
    values.set(first, base + 2 * plane);
  }
  return tensor(values, [images.length, 3, lineHeight, width]);
}
