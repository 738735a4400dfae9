import { DeviceRefusal, type Pool2dOptions } from '@subbyte/kernels';
import type { Shape } from '@subbyte/tensor';
import { defineAny, defineFloat, type KernelFactory } from './kernel.ts';
import { kernelSource, split } from './source.ts';

type Sizes = readonly [number, number, number, number];

/** Names of an element's coordinates, and how the address of a pixel follows from them. */
interface Layout {
  readonly place: string;
  readonly address: string;
}

/** Whether some window lies in padding only. */
function hasEmptyWindow(sizes: readonly [number, number], windows: Shape, options: Pool2dOptions) {
  return sizes.some((size, axis) =>
    Array.from({ length: windows[axis] as number }, (_, position) => {
      const start =
        position * (options.strides[axis] as number) - (options.padding[axis] as number);
      return Array.from(
        { length: options.kernel[axis] as number },
        (__, k) => start + k * (options.dilations[axis] as number),
      ).every((place) => place < 0 || place >= size);
    }).some(Boolean),
  );
}

/** Loops over the window's elements: `each` inside the image, `before` in any case. */
function loops(
  [height, width]: readonly [number, number],
  { kernel, strides, dilations, padding }: Pool2dOptions,
  each: string,
  before = '',
): string {
  return `let top = row * ${strides[0]} - ${padding[0]};
let left = column * ${strides[1]} - ${padding[1]};
for (let ky = 0; ky < ${kernel[0]}; ky++) {
  let y = top + ky * ${dilations[0]};
  for (let kx = 0; kx < ${kernel[1]}; kx++) {
    let at = left + kx * ${dilations[1]};
    ${before}
    if (y >= 0 && y < ${height} && at >= 0 && at < ${width}) {
      ${each}
    }
  }
}\n`;
}

/** Images `[N, C, H, W]`. */
function channelsFirst([, , height, width]: Sizes, [, , rows, columns]: Sizes): Layout {
  return {
    place: split('i', columns, 'line', 'column') + split('line', rows, 'plane', 'row'),
    address: `(plane * ${height} + y) * ${width} + at`,
  };
}

/** Images `[N, H, W, C]`. */
function channelsLast([, height, width, channels]: Sizes, [, rows, columns]: Sizes): Layout {
  return {
    place:
      split('i', channels, 'pixel', 'channel') +
      split('pixel', columns, 'line', 'column') +
      split('line', rows, 'n', 'row'),
    address: `((n * ${height} + y) * ${width} + at) * ${channels} + channel`,
  };
}

/** The maximum of each window. */
function maxSource(
  kernel: string,
  { place, address }: Layout,
  sizes: readonly [number, number],
  windows: Shape,
  options: Pool2dOptions,
): string {
  if (hasEmptyWindow(sizes, windows, options)) {
    throw new DeviceRefusal(`${kernel} with windows in padding only has no code for a GPU`);
  }
  const each = `let value = x[${address}];
      if (seen < 0.5 || value > v) { v = value; seen = 1; }`;
  const body = `${place}let v = i * 0;\nlet seen = i * 0;\n${loops(sizes, options, each)}return v;`;
  return kernelSource(['x'], body);
}

/** The largest element under each window. */
export const maxPool2d: KernelFactory<'maxPool2d'> = defineAny(
  'maxPool2d',
  ({ launch, shape }, [x], options) => {
    const [, , height, width] = x.shape as Sizes;
    const layout = channelsFirst(x.shape as Sizes, shape as Sizes);
    const windows = shape.slice(2);
    return launch(maxSource('maxPool2d', layout, [height, width], windows, options), [x]);
  },
);

/** The largest code under each window of images with the channels last. */
export const integerMaxPool2d: KernelFactory<'integerMaxPool2d'> = defineAny(
  'integerMaxPool2d',
  ({ launch, shape }, [x], options) => {
    const [, height, width] = x.shape as Sizes;
    const layout = channelsLast(x.shape as Sizes, shape as Sizes);
    const windows = shape.slice(1, 3);
    return launch(maxSource('integerMaxPool2d', layout, [height, width], windows, options), [x]);
  },
);

/** The mean of each window. */
export const averagePool2d: KernelFactory<'averagePool2d'> = defineFloat(
  'averagePool2d',
  ({ launch, shape }, [x], options) => {
    const [, , height, width] = x.shape as Sizes;
    const { place, address } = channelsFirst(x.shape as Sizes, shape as Sizes);
    const { countPadding, padding } = options;
    const padded = `if (y < ${height + padding[2]} && at < ${width + padding[3]}) { count += 1; }`;
    const each = `v += x[${address}];${countPadding ? '' : ' count += 1;'}`;
    const body = `${place}let v = i * 0;\nlet count = i * 0;
${loops([height, width], options, each, countPadding ? padded : '')}
if (count > 0.5) { v = v / count; }
return v;`;
    return launch(kernelSource(['x'], body), [x]);
  },
);
