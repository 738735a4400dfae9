import type { OptionsOf } from '@subbyte/kernels';
import type { Shape } from '@subbyte/tensor';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { averageCounts, poolWindow } from './pool2d.ts';
import type { PoolGeometry } from './training-functions.ts';

/** The geometry of pooling images of shape `x` to results of shape `y`, as the module takes it. */
function geometryOf(x: Shape, y: Shape, options: OptionsOf<'maxPool2d'>): PoolGeometry {
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const [, , rows, columns] = y as readonly [number, number, number, number];
  const { kernel, strides, dilations, padding } = options;
  const planes = batch * channels;
  const sizes = [planes, height, width, rows, columns] as const;
  return [...sizes, ...kernel, ...strides, ...dilations, padding[0], padding[1]];
}

/** The gradient goes to the first maximum of each window. */
export const maxPool2dGradient: KernelFactory<'maxPool2dGradient'> = defineKernel(
  'maxPool2dGradient',
  allFloat32,
  (engine, [x, gradient], options, result) => {
    const geometry = geometryOf(x.shape, gradient.shape, options);
    const [from, slopes] = [engine.address(x), engine.address(gradient)];
    engine.wasm.maxPoolGradient(from, slopes, result.address, ...geometry);
  },
);

/** The gradient of each window is shared by the elements that it averaged. */
export const averagePool2dGradient: KernelFactory<'averagePool2dGradient'> = defineKernel(
  'averagePool2dGradient',
  allFloat32,
  (engine, [gradient], options, result) => {
    const window = poolWindow(result.shape, gradient.shape, options);
    const counts = engine.table(averageCounts(window, options));
    const geometry = geometryOf(result.shape, gradient.shape, options);
    const from = engine.address(gradient);
    engine.wasm.averagePoolGradient(from, counts, result.address, ...geometry);
  },
);
