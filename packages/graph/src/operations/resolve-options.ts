// Options in a graph may leave open what depends on the operands' shapes: negative axes, a slice up
// to the end of an axis of unknown size. Kernels want them complete.

import type { ForwardKernelName as KernelName, OptionsOf } from '@subbyte/kernels';
import { maxElements, normalizeAxis, type Shape } from '@subbyte/tensor';

type Shapes = readonly (Shape | undefined)[];
type Resolver<K extends KernelName> = (options: OptionsOf<K>, shapes: Shapes) => OptionsOf<K>;

const rankOf = (shapes: Shapes): number => shapes[0]?.length ?? 0;

function axis<Options extends { readonly axis: number }>(
  options: Options,
  shapes: Shapes,
): Options {
  if (options.axis >= 0) return options;
  return { ...options, axis: normalizeAxis(options.axis, rankOf(shapes)) };
}

/** `axes` counted from the front, ascending, each once. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  return [...new Set(axes.map((a) => normalizeAxis(a, rank)))].sort((a, b) => a - b);
}

function reduce(options: OptionsOf<'reduceSum'>, shapes: Shapes): OptionsOf<'reduceSum'> {
  if (options.axes.every((a, i) => a >= 0 && (i === 0 || a > (options.axes[i - 1] as number)))) {
    return options;
  }
  return { ...options, axes: normalizeAxes(options.axes, rankOf(shapes)) };
}

/**
 * Size of a static `slice` entry that runs to the end of its axis, whatever the axis's size: sizes
 * of `slice` nodes are upper bounds, clamped when the input's shape is known.
 */
export const toTheEnd: number = maxElements;

function slice(options: OptionsOf<'slice'>, shapes: Shapes): OptionsOf<'slice'> {
  const shape = shapes[0];
  if (!shape || shape.length !== options.starts.length) return options;
  const fits = shape.every((length, i) => {
    const size = options.sizes[i] as number;
    const start = options.starts[i] as number;
    const last = start + (size - 1) * (options.steps[i] as number);
    return size === 0 || (start < length && last < length && last >= 0);
  });
  if (fits) return options;
  const sizes = shape.map((length, i) => {
    const step = options.steps[i] as number;
    const start = options.starts[i] as number;
    const available = step > 0 ? Math.ceil((length - start) / step) : Math.floor(start / -step) + 1;
    return Math.max(Math.min(options.sizes[i] as number, available), 0);
  });
  return { ...options, sizes };
}

const resolvers: { readonly [K in KernelName]?: Resolver<K> } = {
  softmax: axis,
  logSoftmax: axis,
  concat: axis,
  gather: axis,
  gatherElements: axis,
  cumulativeSum: axis,
  argMax: axis,
  argMin: axis,
  layerNorm: axis,
  quantizeLinear: axis,
  dequantizeLinear: axis,
  reduceSum: reduce,
  reduceMean: reduce,
  reduceMax: reduce,
  reduceMin: reduce,
  reduceProd: reduce,
  reduceSumSquare: reduce,
  reduceL1: reduce,
  reduceL2: reduce,
  reduceLogSumExp: reduce,
  slice,
};

/** `options` with everything filled in that depends on the shapes of the operands. */
export function resolveOptions<K extends KernelName>(
  kernel: K,
  options: OptionsOf<K>,
  shapes: Shapes,
): OptionsOf<K> {
  const resolver = resolvers[kernel] as Resolver<K> | undefined;
  return resolver ? resolver(options, shapes) : options;
}

/** Whether the options of `kernel` may depend on shapes at all. */
export function mayNeedShapes(kernel: KernelName): boolean {
  return resolvers[kernel] !== undefined;
}
