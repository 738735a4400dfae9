import { defineKernel, type KernelFactory } from '../kernel.ts';

type Sizes = readonly [number, number, number, number];

/** The largest code under each window. */
export const integerMaxPool2d: KernelFactory<'integerMaxPool2d'> = defineKernel(
  'integerMaxPool2d',
  () => true,
  (engine, [x], { kernel, strides, dilations, padding }, result) => {
    const [batch, height, width, channels] = x.shape as Sizes;
    const [, rows, columns] = result.shape as Sizes;
    const from = engine.address(x);
    const work = result.size * kernel[0] * kernel[1];
    engine.split(batch * rows, work, (part, first, end) => {
      for (let line = first; line < end; ) {
        const n = Math.floor(line / rows);
        const next = Math.min(end, (n + 1) * rows);
        part.wasm.integerMaxPool(
          from + n * height * width * channels,
          result.address + n * rows * columns * channels,
          height,
          width,
          channels,
          line - n * rows,
          next - n * rows,
          columns,
          ...kernel,
          ...strides,
          ...dilations,
          padding[0],
          padding[1],
          x.dtype === 'int8' ? 1 : 0,
        );
        line = next;
      }
    });
  },
);
