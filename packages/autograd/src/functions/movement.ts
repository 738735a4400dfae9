import type {
  DepthToSpaceOptions,
  PadOptions,
  ResizeOptions,
  SliceOptions,
} from '@subbyte/kernels';
import { type DataType, normalizeAxis, type Shape, type Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** Reorders the axes; by default reverses them. Result axis `i` is axis `permutation[i]`. */
export function transpose(x: Tensor, permutation?: readonly number[]): Tensor {
  return apply('transpose', [x], {
    permutation: permutation ?? x.shape.map((_, i) => x.shape.length - 1 - i),
  });
}

/** Adds elements around the tensor: one `before` and one `after` per axis. */
export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[] = before,
  { mode = 'constant', value = 0 }: Partial<Pick<PadOptions, 'mode' | 'value'>> = {},
): Tensor {
  return apply('pad', [x], { mode, before, after, value });
}

/** `sizes` elements along each axis from `starts` on; `steps` default to 1. */
export function slice(
  x: Tensor,
  starts: SliceOptions['starts'],
  sizes: SliceOptions['sizes'],
  steps: SliceOptions['steps'] = x.shape.map(() => 1),
): Tensor {
  return apply('slice', [x], { starts, sizes, steps });
}

/** Tensors one behind the other along `axis`. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  return apply('concat', parts, { axis: normalizeAxis(axis, parts[0]?.shape.length ?? 1) });
}

/** The slices of `x` along `axis` that int32 or int64 `indices` name. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply('gather', [x, indices], { axis: normalizeAxis(axis, x.shape.length) });
}

/** For each place of `indices` the element of `x` with that index along `axis`. */
export function gatherElements(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply('gatherElements', [x, indices], { axis: normalizeAxis(axis, x.shape.length) });
}

/** Broadcasts to `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return apply('expand', [x], { shape });
}

/** Repeats the tensor, `repeats[i]` times along axis `i`. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  return apply('tile', [x], { repeats });
}

/** `[N, C, H * b, W * b]` from `[N, C * b * b, H, W]`. */
export function depthToSpace(
  x: Tensor,
  blockSize: number,
  mode: DepthToSpaceOptions['mode'] = 'crd',
): Tensor {
  return apply('depthToSpace', [x], { blockSize, mode });
}

/** The inverse of `depthToSpace`. */
export function spaceToDepth(
  x: Tensor,
  blockSize: number,
  mode: DepthToSpaceOptions['mode'] = 'crd',
): Tensor {
  return apply('spaceToDepth', [x], { blockSize, mode });
}

/** Options of `resize` that have defaults: nearest and half_pixel, as PyTorch resizes. */
export type ResizeCallOptions = Partial<Omit<ResizeOptions, 'shape' | 'scales'>>;

/** Resizes `x` to `shape`: all axes, batch and channels included. */
export function resize(x: Tensor, shape: Shape, options: ResizeCallOptions = {}): Tensor {
  return apply('resize', [x], {
    mode: 'nearest',
    coordinates:
      options.mode === undefined || options.mode === 'nearest' ? 'asymmetric' : 'half_pixel',
    nearest: 'floor',
    cubicCoefficient: -0.75,
    excludeOutside: false,
    ...options,
    shape,
    scales: shape.map((size, i) => size / (x.shape[i] as number)),
  });
}

/** The elements in another data type; gradients pass between float types only. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  return apply('cast', [x], { dtype });
}
