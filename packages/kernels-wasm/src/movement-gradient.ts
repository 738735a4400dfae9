import type { OptionsOf } from '@subbyte/kernels';
import { stridesOf } from '@subbyte/tensor';
import { copyWalk } from './copy.ts';
import { indicesOf } from './gather.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { isSeparable, resizeEntries } from './resize.ts';
import { entriesTo, scatterAxes } from './scatter.ts';

const modulo = (a: number, b: number): number => ((a % b) + b) % b;

/** The place in [0, length) that position `i` of a padded axis shows; -1: none. */
const sources: {
  readonly [M in OptionsOf<'pad'>['mode']]: (i: number, length: number) => number;
} = {
  constant: (i, length) => (i >= 0 && i < length ? i : -1),
  edge: (i, length) => Math.min(Math.max(i, 0), length - 1),
  wrap: modulo,
  reflect: (i, length) => {
    const period = Math.max(2 * (length - 1), 1);
    const place = modulo(i, period);
    return Math.min(place, period - place) % length;
  },
};

/** Each element of the padded gradient goes back to the element that it repeats. */
export const padGradient: KernelFactory<'padGradient'> = defineKernel(
  'padGradient',
  allFloat32,
  (engine, [gradient], options, result) => {
    const plan = result.shape.flatMap((length, axis) => {
      const [before, after] = [options.before[axis] as number, options.after[axis] as number];
      if (before === 0 && after === 0) return [];
      const first = Math.max(-before, 0);
      const kept = length - first - Math.max(-after, 0);
      const places = Array.from({ length: length + before + after }, (_, i) => {
        const place = sources[options.mode](i - Math.max(before, 0), kept);
        return place < 0 ? -1 : first + place;
      });
      return [{ axis, entries: entriesTo(places) }];
    });
    const { shape: from } = gradient;
    scatterAxes(engine, { address: engine.address(gradient), shape: from }, plan, result);
  },
);

/** The gradient where the slice was taken, zeros elsewhere. */
export const sliceGradient: KernelFactory<'sliceGradient'> = defineKernel(
  'sliceGradient',
  allFloat32,
  (engine, [gradient], { starts, steps }, result) => {
    engine.wasm.fill(result.address, engine.table([0]), result.size, 4);
    const strides = stridesOf(result.shape);
    copyWalk(engine, engine.address(gradient), result.address, 4, {
      shape: gradient.shape,
      strides: stridesOf(gradient.shape),
      targetStrides: strides.map((stride, axis) => stride * (steps[axis] as number)),
      targetOffset: strides.reduce(
        (sum, stride, axis) => sum + stride * (starts[axis] as number),
        0,
      ),
    });
  },
);

/** Each slice of the gradient is added at its index. */
export const gatherGradient: KernelFactory<'gatherGradient'> = defineKernel(
  'gatherGradient',
  ([gradient]) => gradient.dtype === 'float32',
  (engine, [gradient, indices], { axis }, result) => {
    const places = indicesOf('gatherGradient', indices, result.shape[axis] as number);
    // All axes of the indices as one, as in the operand of `gather`.
    const shape = result.shape.map((size, i) => (i === axis ? places.length : size));
    scatterAxes(
      engine,
      { address: engine.address(gradient), shape },
      [{ axis, entries: entriesTo(places) }],
      result,
    );
  },
);

/** Each element of the gradient is spread over the elements it was made from. */
export const resizeGradient: KernelFactory<'resizeGradient'> = defineKernel(
  'resizeGradient',
  ([gradient], options) => gradient.dtype === 'float32' && isSeparable(options.inputShape, options),
  (engine, [gradient], options, result) => {
    const { shape } = result;
    const axes = [shape.length - 2, shape.length - 1];
    const plan = axes.map((axis) => ({ axis, entries: resizeEntries(shape, options, axis) }));
    const { shape: from } = gradient;
    scatterAxes(engine, { address: engine.address(gradient), shape: from }, plan, result);
  },
);
