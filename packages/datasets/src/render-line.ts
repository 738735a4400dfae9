import { type CreateCanvas, contextOf } from './canvas.ts';
import type { Image } from './types.ts';

/** A line of text to draw. */
export interface RenderLineOptions {
  readonly createCanvas: CreateCanvas;
  readonly text: string;
  /** Name of a font family that the canvas knows. */
  readonly font: string;
  /** Size of the font, pixels. */
  readonly size: number;
}

/** Height of a line in pixels, as text recognisers want it. */
export const lineHeight = 48;
const margin = 8;

/**
 * Draws black text on white: 48 pixels high, as wide as the text and a margin of 8 pixels, rounded
 * up to a multiple of 8. Grey levels, so that no font smoothing leaves coloured fringes.
 * @throws DatasetError when the canvas cannot draw.
 */
export function renderLine({ createCanvas, text, font, size }: RenderLineOptions): Image {
  const style = `${size}px "${font}"`;
  const ruler = contextOf(createCanvas(8, 8));
  ruler.font = style;
  const width = Math.ceil((ruler.measureText(text).width + 2 * margin) / 8) * 8;
  const context = contextOf(createCanvas(width, lineHeight));
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, lineHeight);
  context.fillStyle = '#000';
  context.font = style;
  context.textBaseline = 'middle';
  context.fillText(text, margin, lineHeight / 2);
  const pixels = context.getImageData(0, 0, width, lineHeight).data;
  const data = new Uint8Array(width * lineHeight);
  for (let i = 0; i < data.length; i++) {
    const [red, green, blue] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]] as number[];
    data[i] = Math.round(((red as number) + (green as number) + (blue as number)) / 3);
  }
  return { width, height: lineHeight, channels: 1, data };
}
