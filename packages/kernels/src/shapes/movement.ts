import { broadcastShapes, type Shape } from '@subbyte/tensor';
import type {
  AxisOptions,
  DepthToSpaceOptions,
  PadOptions,
  ResizeOptions,
  SliceOptions,
  TileOptions,
  TransposeOptions,
} from '../options.ts';
import { checkAxis, checkPerAxis, checkRank, checkWhole, fail, show } from './check.ts';

/** Shape of `transpose`. @throws KernelError unless `permutation` holds each axis once. */
export function transposeShape(x: Shape, { permutation }: TransposeOptions): number[] {
  checkPerAxis('transpose', 'permutation', permutation, x);
  const sorted = [...permutation].sort((a, b) => a - b);
  if (sorted.some((axis, i) => axis !== i)) {
    fail('transpose', `permutation ${show(permutation)}: expected each axis of ${show(x)} once`);
  }
  return permutation.map((axis) => x[axis] as number);
}

/** Shape of `pad`. @throws KernelError when more is removed than is there. */
export function padShape(x: Shape, { before, after, mode }: PadOptions): number[] {
  checkPerAxis('pad', 'before', before, x);
  checkPerAxis('pad', 'after', after, x);
  return x.map((size, axis) => {
    const start = before[axis] as number;
    const end = after[axis] as number;
    const kept = size + Math.min(start, 0) + Math.min(end, 0);
    if (!Number.isInteger(start) || !Number.isInteger(end) || kept < 0) {
      fail('pad', `axis ${axis} of ${show(x)} cannot be padded by ${start} and ${end}`);
    }
    if (kept === 0 && mode !== 'constant' && (start > 0 || end > 0)) {
      fail('pad', `axis ${axis} of ${show(x)} is empty: mode ${mode} has nothing to repeat`);
    }
    return size + start + end;
  });
}

/** Shape of `slice`. @throws KernelError when an index lies outside `x`. */
export function sliceShape(x: Shape, { starts, sizes, steps }: SliceOptions): number[] {
  checkPerAxis('slice', 'starts', starts, x);
  checkPerAxis('slice', 'sizes', sizes, x);
  checkPerAxis('slice', 'steps', steps, x);
  checkWhole('slice', 'sizes', sizes, 0);
  for (const [axis, length] of x.entries()) {
    const [start, size, step] = [starts[axis], sizes[axis], steps[axis]] as [
      number,
      number,
      number,
    ];
    const last = start + (size - 1) * step;
    const inside = (index: number): boolean => index >= 0 && index < length;
    if (!Number.isInteger(start) || !Number.isInteger(step) || step === 0) {
      fail('slice', `axis ${axis}: start ${start} and step ${step} must be whole, the step not 0`);
    }
    if (size > 0 && !(inside(start) && inside(last))) {
      fail('slice', `axis ${axis}: elements ${start} to ${last} of ${length} in ${show(x)}`);
    }
  }
  return [...sizes];
}

/** Shape of `concat`. @throws KernelError unless the shapes are equal in every axis but `axis`. */
export function concatShape(shapes: readonly Shape[], { axis }: AxisOptions): number[] {
  const first = shapes[0] ?? fail('concat', 'expected at least one operand');
  checkAxis('concat', axis, first);
  const result = [...first];
  for (const shape of shapes.slice(1)) {
    const fits =
      shape.length === first.length && shape.every((s, i) => i === axis || s === first[i]);
    if (!fits) fail('concat', `${show(shape)} and ${show(first)} differ beside axis ${axis}`);
    result[axis] = (result[axis] as number) + (shape[axis] as number);
  }
  return result;
}

/** Shape of `gather`: `axis` of `x` replaced by the shape of `indices`. */
export function gatherShape(x: Shape, indices: Shape, { axis }: AxisOptions): number[] {
  checkAxis('gather', axis, x);
  return [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)];
}

/** Shape of `gatherElements`: that of `indices`, which fits into `x` beside `axis`. */
export function gatherElementsShape(x: Shape, indices: Shape, { axis }: AxisOptions): number[] {
  checkAxis('gatherElements', axis, x);
  checkRank('gatherElements', 'indices', indices, x.length);
  if (indices.some((size, i) => i !== axis && size > (x[i] as number))) {
    fail('gatherElements', `indices ${show(indices)} exceed x ${show(x)} beside axis ${axis}`);
  }
  return [...indices];
}

/** Shape of `expand`: `x` and `shape` broadcast against each other. */
export function expandShape(x: Shape, shape: Shape): number[] {
  checkWhole('expand', 'shape', shape, 0);
  return broadcastShapes(x, shape);
}

/** Shape of `tile`. @throws KernelError unless there is one count per axis. */
export function tileShape(x: Shape, { repeats }: TileOptions): number[] {
  checkPerAxis('tile', 'repeats', repeats, x);
  checkWhole('tile', 'repeats', repeats, 0);
  return x.map((size, axis) => size * (repeats[axis] as number));
}

/** Shape of `resize`. @throws KernelError for sizes below 1 or scales that are not positive. */
export function resizeShape(x: Shape, { shape, scales }: ResizeOptions): number[] {
  checkPerAxis('resize', 'shape', shape, x);
  checkPerAxis('resize', 'scales', scales, x);
  checkWhole('resize', 'shape', shape, 0);
  for (const [axis, scale] of scales.entries()) {
    if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
      fail('resize', `scale ${scale} of axis ${axis}: expected a positive number`);
    }
    if ((x[axis] === 0) !== (shape[axis] === 0)) {
      fail('resize', `axis ${axis} of ${show(x)} cannot become ${shape[axis]}`);
    }
  }
  return [...shape];
}

/** Shape of `depthToSpace`: `[N, C / b², H b, W b]`. */
export function depthToSpaceShape(x: Shape, { blockSize }: DepthToSpaceOptions): number[] {
  checkRank('depthToSpace', 'x', x, 4);
  checkWhole('depthToSpace', 'blockSize', [blockSize], 1);
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const depth = channels / (blockSize * blockSize);
  if (!Number.isInteger(depth)) {
    fail('depthToSpace', `${channels} channels do not divide into ${blockSize} x ${blockSize}`);
  }
  return [batch, depth, height * blockSize, width * blockSize];
}

/** Shape of `spaceToDepth`: `[N, C b², H / b, W / b]`. */
export function spaceToDepthShape(x: Shape, { blockSize }: DepthToSpaceOptions): number[] {
  checkRank('spaceToDepth', 'x', x, 4);
  checkWhole('spaceToDepth', 'blockSize', [blockSize], 1);
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  if (height % blockSize !== 0 || width % blockSize !== 0) {
    fail('spaceToDepth', `${height} x ${width} does not divide into blocks of ${blockSize}`);
  }
  return [batch, channels * blockSize * blockSize, height / blockSize, width / blockSize];
}
