import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { evenOffsets, multiplyParts, packedBytes } from './product.ts';
import { transposeConvolution } from './transposed-convolution.ts';
import { convolutionWindow, coversImage } from './window.ts';

/** Gradient of `conv2d` with respect to the images: its transpose. */
export const conv2dInputGradient: KernelFactory<'conv2dInputGradient'> = defineKernel(
  'conv2dInputGradient',
  allFloat32,
  (engine, [gradient, weight], options, result) => {
    const [batch, k] = gradient.shape as readonly [number, number];
    if (!coversImage(result.shape, weight.shape, options)) {
      transposeConvolution(engine, weight, {
        batch,
        groups: options.groups,
        window: convolutionWindow(result.shape, weight.shape, gradient.shape, options),
        source: engine.address(gradient),
        to: result.address,
      });
      return;
    }
    // A matrix product `[N, O] x [O, K]`.
    const n = weight.size / k;
    const rows = engine.scratch(packedBytes(batch, k, 4));
    engine.wasm.packRows(engine.address(gradient), k * 4, 4, batch, k, rows);
    const offsets = evenOffsets(engine, k, n * 4);
    multiplyParts(engine, {
      rows,
      columns: { base: engine.address(weight), offsets, width: n, line: 0, step: 4 },
      to: result.address,
      ...{ m: batch, n, k },
      seed: { kind: 'zero' },
    });
  },
);
