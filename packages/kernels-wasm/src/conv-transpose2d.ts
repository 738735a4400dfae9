import { activationCode } from './activation.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { evenOffsets, multiply, packedBytes, productScratch } from './product.ts';

type Sizes = readonly [number, number, number, number];

/** Transposed convolution: a matrix product whose columns are added back to the image. */
export const convTranspose2d: KernelFactory<'convTranspose2d'> = defineKernel(
  'convTranspose2d',
  allFloat32,
  (engine, [x, weight, bias], options, result) => {
    const { groups, strides, dilations, padding } = options;
    const [batch, channels, height, width] = x.shape as Sizes;
    const [, perGroup, kernelHeight, kernelWidth] = weight.shape as Sizes;
    const [, outputs, rows, columns] = result.shape as Sizes;
    const [m, n, k] = [perGroup * kernelHeight * kernelWidth, height * width, channels / groups];
    const bytes = packedBytes(m, k, 4);
    const weights = engine.arranged(
      weight,
      `transposed ${groups} ${m}`,
      groups * bytes,
      (from, to) => {
        for (let g = 0; g < groups; g++) {
          engine.wasm.packRows(from + g * k * m * 4, 4, m * 4, m, k, to + g * bytes);
        }
      },
    );
    const source = engine.address(x);
    const offsets = evenOffsets(engine, k, n * 4);
    const scratch = productScratch(engine, k);
    const products = engine.scratch(m * n * 4);
    engine.wasm.fill(result.address, engine.table([0]), result.size, 4);
    for (let i = 0; i < batch * groups; i++) {
      const group = i % groups;
      const base = source + i * k * n * 4;
      multiply(engine, scratch, {
        rows: weights + group * bytes,
        columns: { base, offsets, width: n, line: 0, step: 4 },
        to: products,
        ...{ m, n, k },
        seed: { kind: 'zero' },
      });
      engine.wasm.columnsToImage(
        products,
        perGroup,
        height,
        width,
        result.address + i * perGroup * rows * columns * 4,
        rows,
        columns,
        kernelHeight,
        kernelWidth,
        ...strides,
        ...dilations,
        padding[0],
        padding[1],
      );
    }
    if (bias) {
      const address = engine.address(bias);
      const image = outputs * rows * columns * 4;
      for (let i = 0; i < batch; i++) {
        engine.wasm.addPerPlane(result.address + i * image, address, outputs, rows * columns);
      }
    }
    engine.wasm.activateAll(result.address, result.size, ...activationCode(options.activation));
  },
);
