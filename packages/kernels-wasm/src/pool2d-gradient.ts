import type { OptionsOf } from '@subbyte/kernels';
import { type Shape, sizeOf } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { averageCounts, poolWindow } from './pool2d.ts';
import { elementCost } from './split.ts';
import type { PoolGeometry } from './training-functions.ts';

/**
 * Splits the planes of pooling images of shape `x` to results of shape `y` among the threads: `work`
 * gets the offsets in bytes of its own in both, and the geometry as the module takes it.
 */
function splitPlanes(
  engine: Engine,
  x: Shape,
  y: Shape,
  options: OptionsOf<'maxPool2d'>,
  work: (engine: Engine, at: number, atResult: number, geometry: PoolGeometry) => void,
): void {
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const [, , rows, columns] = y as readonly [number, number, number, number];
  const { kernel, strides, dilations, padding } = options;
  const window = [...kernel, ...strides, ...dilations, padding[0], padding[1]] as const;
  engine.split(batch * channels, sizeOf(x) * elementCost, (part, first, end) => {
    const geometry = [end - first, height, width, rows, columns, ...window] as const;
    work(part, first * height * width * 4, first * rows * columns * 4, geometry);
  });
}

/** The gradient goes to the first maximum of each window. */
export const maxPool2dGradient: KernelFactory<'maxPool2dGradient'> = defineKernel(
  'maxPool2dGradient',
  allFloat32,
  (engine, [x, gradient], options, result) => {
    const [from, slopes] = [engine.address(x), engine.address(gradient)];
    splitPlanes(engine, x.shape, gradient.shape, options, (part, at, own, geometry) =>
      part.wasm.maxPoolGradient(from + at, slopes + own, result.address + at, ...geometry),
    );
  },
);

/** The gradient of each window is shared by the elements that it averaged. */
export const averagePool2dGradient: KernelFactory<'averagePool2dGradient'> = defineKernel(
  'averagePool2dGradient',
  allFloat32,
  (engine, [gradient], options, result) => {
    const window = poolWindow(result.shape, gradient.shape, options);
    const counts = engine.table(averageCounts(window, options));
    const from = engine.address(gradient);
    splitPlanes(engine, result.shape, gradient.shape, options, (part, at, own, geometry) =>
      part.wasm.averagePoolGradient(from + own, counts, result.address + at, ...geometry),
    );
  },
);
