// What convolutions and pools share: padded planes and the offsets of the elements of a window.

import type { OptionsOf, Pair } from '@subbyte/kernels';
import type { Shape } from '@subbyte/tensor';
import type { Engine } from './engine.ts';

type Sizes = readonly [number, number, number, number];

/** Sizes of a window that slides over planes. */
export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  /** Distance of neighbours in the padded planes, zeros between them; `[1, 1]` by default. */
  readonly spread?: Pair;
}

/** The window of a convolution of images of shape `x` to results of shape `y`. */
export function convolutionWindow(
  x: Shape,
  weight: Shape,
  y: Shape,
  { strides, dilations, padding }: Pick<OptionsOf<'conv2d'>, 'strides' | 'dilations' | 'padding'>,
): Window {
  const [, , height, width] = x as Sizes;
  const [, , ...kernel] = weight as Sizes;
  const [, , rows, columns] = y as Sizes;
  const [top, left] = padding;
  return { kernel, strides, dilations, top, left, height, width, rows, columns };
}

/** Whether the one window covers the image exactly, so that the convolution is a matrix product. */
export function coversImage(
  x: Shape,
  weight: Shape,
  { dilations, padding, groups }: Pick<OptionsOf<'conv2d'>, 'dilations' | 'padding' | 'groups'>,
): boolean {
  const [, , height, width] = x as Sizes;
  const [, , kernelHeight, kernelWidth] = weight as Sizes;
  const single = kernelHeight === 1 && kernelWidth === 1;
  const dense = single || dilations.every((dilation) => dilation === 1);
  const unpadded = padding.every((amount) => amount === 0);
  return groups === 1 && height === kernelHeight && width === kernelWidth && unpadded && dense;
}

/** Planes in which no window leaves its plane. */
export interface Planes {
  /** Elements per row. */
  readonly width: number;
  /** Elements per plane. */
  readonly plane: number;
  /** Address of the `count` planes at `from`, padded. */
  prepare(from: number, count: number): number;
  /** Like `prepare` for `images` images of `count` planes, `stride` bytes apart. */
  prepareImages(from: number, images: number, count: number, stride: number): Images;
}

/** Prepared images: where they start and how many bytes they are apart. */
export interface Images {
  readonly base: number;
  readonly image: number;
}

/** Pads planes with `fill` where `window` needs it; one buffer for `most` planes serves all calls. */
export function preparePlanes(engine: Engine, window: Window, most: number, fill: number): Planes {
  const { kernel, strides, dilations, top, left, height, width, rows, columns } = window;
  const reach = (axis: 0 | 1, positions: number): number =>
    (positions - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1;
  const [toHeight, toWidth] = [reach(0, rows), reach(1, columns)];
  // Vectors read up to 3 strides too far; only a buffer of our own has room for that.
  const fits = top === 0 && left === 0 && toHeight <= height && toWidth <= width;
  const { spread: [apartY, apartX] = [1, 1] } = window;
  const isSpread = apartY > 1 || apartX > 1;
  if (fits && !isSpread && strides[1] <= 2) {
    return {
      width,
      plane: height * width,
      prepare: (from) => from,
      prepareImages: (base, _images, _count, image) => ({ base, image }),
    };
  }
  const plane = toHeight * toWidth;
  const buffer = engine.scratch((most * plane + 4 * strides[1]) * 4);
  const prepare = (from: number, count: number, to: number): number => {
    const sizes = [from, count, height, width, to, toHeight, toWidth, top, left] as const;
    if (isSpread) engine.wasm.spreadPlanes(...sizes, apartY, apartX);
    else engine.wasm.padPlanes(...sizes, fill);
    return to;
  };
  return {
    width: toWidth,
    plane,
    prepare: (from, count) => prepare(from, count, buffer),
    prepareImages: (from, images, count, stride) => {
      const image = count * plane * 4;
      engine.repeat(images, (i) => prepare(from + i * stride, count, buffer + i * image));
      return { base: buffer, image };
    },
  };
}

/**
 * Planes that are padded and worked on together: few enough for their padded copies to stay in the
 * second-level cache.
 */
export function planesTogether(window: Window, count: number): number {
  const bytes = (window.height + window.top) * (window.width + window.left) * 4;
  return Math.max(1, Math.min(count, Math.floor(131_072 / bytes)));
}

/** Table of the byte offsets of a window's elements over `channels` planes. */
export function windowTable(
  engine: Engine,
  { kernel, dilations }: Window,
  planes: Planes,
  channels: number,
): number {
  const table = engine.scratch(channels * kernel[0] * kernel[1] * 4);
  const line = dilations[0] * planes.width * 4;
  const step = dilations[1] * 4;
  engine.wasm.windowOffsets(table, channels, ...kernel, planes.plane * 4, line, step);
  return table;
}
