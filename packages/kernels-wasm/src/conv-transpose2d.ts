import { activationCode } from './activation.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { transposeConvolution } from './transposed-convolution.ts';
import { convolutionWindow } from './window.ts';

type Sizes = readonly [number, number, number, number];

/** Transposed convolution. */
export const convTranspose2d: KernelFactory<'convTranspose2d'> = defineKernel(
  'convTranspose2d',
  allFloat32,
  (engine, [x, weight, bias], options, result) => {
    const [batch, outputs, rows, columns] = result.shape as Sizes;
    transposeConvolution(engine, weight, {
      batch,
      groups: options.groups,
      window: convolutionWindow(result.shape, weight.shape, x.shape, options),
      source: engine.address(x),
      to: result.address,
    });
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
