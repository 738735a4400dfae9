import { DatasetError } from './errors.ts';

/** Levels of red, green, blue and opacity, row by row. */
interface Pixels {
  readonly data: { [index: number]: number };
}

/** What is used of a canvas' 2D context. */
interface TextContext {
  // Canvases differ in the types of their properties; these are what both accept.
  font: string;
  fillStyle: unknown;
  textBaseline: string;
  strokeStyle: unknown;
  lineWidth: number;
  strokeRect(x: number, y: number, width: number, height: number): void;
  drawImage(canvas: LineCanvas, x: number, y: number, width: number, height: number): void;
  createImageData(width: number, height: number): Pixels;
  putImageData(pixels: Pixels, x: number, y: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  /** Distances of the ink from where the text is put; the left one counts to the left. */
  measureText(text: string): {
    readonly width: number;
    readonly actualBoundingBoxLeft: number;
    readonly actualBoundingBoxRight: number;
    readonly actualBoundingBoxAscent: number;
    readonly actualBoundingBoxDescent: number;
  };
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
  ): { readonly data: ArrayLike<number> };
}

/** What is used of a canvas: an `OffscreenCanvas` is one, and a canvas of `@napi-rs/canvas`. */
export interface LineCanvas {
  getContext(type: '2d'): unknown;
}

/** Makes a canvas of a size in pixels: `(w, h) => new OffscreenCanvas(w, h)`. */
export type CreateCanvas = (width: number, height: number) => LineCanvas;

/** @throws DatasetError when the canvas cannot draw. */
export function contextOf(canvas: LineCanvas): TextContext {
  const context = canvas.getContext('2d');
  if (!context) throw new DatasetError('the canvas has no 2d context');
  return context as TextContext;
}
