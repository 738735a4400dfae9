import { random } from '@subbyte/tensor';
import type { Box } from './box.ts';
import { type CreateCanvas, contextOf } from './canvas.ts';
import { DatasetError } from './errors.ts';
import { type Colour, pageLayout } from './page-layout.ts';
import type { Image } from './types.ts';

/** A page to make up and draw. */
export interface RenderPageOptions {
  readonly createCanvas: CreateCanvas;
  /** Families to choose from, known to the canvas. */
  readonly fonts: readonly string[];
  /** Pixels, 64 to 8192. */
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

/** A picture of a page, and where its lines of text are. */
export interface TextPage {
  /** In colour. */
  readonly image: Image;
  /**
   * Around each line, pixels: as wide as its ink, as high as if it had letters that reach up and down,
   * so that `once` and `only` get equal heights.
   */
  readonly boxes: readonly Box[];
  readonly texts: readonly string[];
}

const smallestSide = 64;
const largestSide = 8192;
/** Letters that reach highest and lowest. */
const extremes = 'Hg';
const css = (colour: Colour): string => `rgb(${colour.join(', ')})`;

/**
 * Makes up and draws a page of text lines on tinted paper, with uneven light and a little noise. What
 * is written depends on the seed and on the widths of the fonts; the pixels on the canvas, too.
 * @throws DatasetError without fonts, for pages too small or too large, and when the canvas cannot draw.
 */
export function renderPage(options: RenderPageOptions): TextPage {
  const { createCanvas, fonts, width, height, seed } = options;
  if (fonts.length === 0) throw new DatasetError('text pages: no fonts');
  for (const side of [width, height]) {
    if (Number.isInteger(side) && side >= smallestSide && side <= largestSide) continue;
    throw new DatasetError(
      `page of ${width} x ${height}: expected whole numbers of ${smallestSide} to ${largestSide} pixels`,
    );
  }
  const context = contextOf(createCanvas(width, height));
  context.textBaseline = 'alphabetic';
  const stream = random(seed);
  const { paper, ink, lines, rules } = pageLayout(stream, {
    width,
    height,
    fonts,
    measure: (text, font, size) => {
      context.font = `${size}px "${font}"`;
      return context.measureText(text).width;
    },
  });
  context.fillStyle = css(paper);
  context.fillRect(0, 0, width, height);
  context.fillStyle = css(ink);
  for (const { left, top, right, bottom } of rules) {
    context.fillRect(left, top, right - left, bottom - top);
  }
  const boxes = lines.map(({ text, font, size, x, y }): Box => {
    context.font = `${size}px "${font}"`;
    context.fillText(text, x, y);
    const across = context.measureText(text);
    const down = context.measureText(extremes);
    return {
      left: Math.floor(x - across.actualBoundingBoxLeft),
      top: Math.floor(y - down.actualBoundingBoxAscent),
      right: Math.ceil(x + across.actualBoundingBoxRight),
      bottom: Math.ceil(y + down.actualBoundingBoxDescent),
    };
  });
  const pixels = context.getImageData(0, 0, width, height).data;
  const slopes = [0.1 * stream.uniform(), 0.1 * stream.uniform()] as const;
  const noise = 12 * stream.uniform();
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const light = 1 - (slopes[0] * x) / width - (slopes[1] * y) / height;
      const grain = noise * (stream.uniform() - 0.5);
      for (let c = 0; c < 3; c++) {
        const value = (pixels[4 * i + c] as number) * light + grain;
        data[3 * i + c] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
  return {
    image: { width, height, channels: 3, data },
    boxes,
    texts: lines.map(({ text }) => text),
  };
}
