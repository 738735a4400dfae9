import type { Random } from '@subbyte/tensor';
import type { Box } from './box.ts';
import { textLine } from './text-lines.ts';

/** Red, green and blue, 0 … 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A line of text on a page. */
export interface PageLine {
  readonly text: string;
  readonly font: string;
  /** Size of the font, pixels. */
  readonly size: number;
  /** Where the baseline begins, pixels. */
  readonly x: number;
  readonly y: number;
}

/** What is on a page. */
export interface PageLayout {
  readonly paper: Colour;
  readonly ink: Colour;
  readonly lines: readonly PageLine[];
  /** Bars in ink that are not text. */
  readonly rules: readonly Box[];
}

/** What a layout has to know. */
export interface PageLayoutOptions {
  readonly width: number;
  readonly height: number;
  /** Families to choose from. */
  readonly fonts: readonly string[];
  /** Width of a text in pixels. */
  readonly measure: (text: string, font: string, size: number) => number;
}

const between = (stream: Random, low: number, high: number): number =>
  low + stream.integer(high - low + 1);
/** A grey between two levels with a slight tint. */
const tinted = (stream: Random, low: number, high: number): Colour => {
  const level = between(stream, low, high);
  const tint = (): number => Math.min(255, level + stream.integer(13));
  return [tint(), tint(), tint()];
};

interface Column {
  readonly left: number;
  readonly right: number;
}

function columnsOf(stream: Random, width: number): Column[] {
  const margin = between(stream, 16, 40);
  const gutter = between(stream, 36, 56);
  const isDouble = stream.uniform() < 0.4 && width >= 480;
  if (!isDouble) return [{ left: margin, right: width - margin }];
  const middle = Math.round(width * (0.4 + 0.2 * stream.uniform()));
  return [
    { left: margin, right: Math.round(middle - gutter / 2) },
    { left: Math.round(middle + gutter / 2), right: width - margin },
  ];
}

/**
 * Makes up a page: one or two columns of lines in one font, with headings in another, indents, gaps
 * and a few rules. Lines never touch each other. What fits depends on `measure`, but the numbers
 * taken from `stream` for a line do not.
 */
export function pageLayout(stream: Random, options: PageLayoutOptions): PageLayout {
  const { width, height, fonts, measure } = options;
  const pick = (): string => fonts[stream.integer(fonts.length)] as string;
  const paper = tinted(stream, 200, 243);
  const ink = tinted(stream, 0, 120);
  const [body, heading] = [pick(), pick()];
  const bodySize = between(stream, 12, 24);
  const leading = 1.2 + 0.7 * stream.uniform();
  const lines: PageLine[] = [];
  const rules: Box[] = [];
  for (const { left, right } of columnsOf(stream, width)) {
    let top = between(stream, 12, 40);
    while (true) {
      const isHeading = stream.uniform() < 0.15;
      const font = isHeading ? heading : body;
      const size = isHeading ? bodySize + between(stream, 6, 14) : bodySize;
      const indent = stream.uniform() < 0.15 ? between(stream, 10, 60) : 0;
      const [gap, rule] = [stream.uniform(), stream.uniform()];
      const isCentred = stream.uniform() < 0.1;
      const wanted = stream.uniform() < 0.5 ? 2 : 1;
      const phrases = Array.from({ length: wanted }, () => textLine(stream)).join(' ');
      const room = right - left - indent;
      const text = fitting(phrases, (some) => measure(some, font, size) <= room);
      if (top + leading * size > height - 12) break;
      if (text !== '') {
        const slack = isCentred ? Math.floor((room - measure(text, font, size)) / 2) : 0;
        lines.push({ text, font, size, x: left + indent + slack, y: Math.round(top + size) });
      }
      top += leading * size;
      if (gap < 0.2) top += between(stream, 8, 40);
      if (gap < 0.2 && rule < 0.3) {
        rules.push({ left, right, top: Math.round(top), bottom: Math.round(top) + 2 });
        top += 12;
      }
    }
  }
  return { paper, ink, lines, rules };
}

/** The longest beginning of whole words that fits, perhaps none. */
function fitting(text: string, fits: (text: string) => boolean): string {
  const words = text.split(' ');
  while (words.length > 0 && !fits(words.join(' '))) words.pop();
  return words.join(' ');
}
