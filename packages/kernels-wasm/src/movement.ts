import { broadcastStrides, bytesPerElement, stridesOf } from '@subbyte/tensor';
import { copyWalk, defineCopy } from './copy.ts';
import { splitAt } from './grid.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';

/** Reorders the axes. */
export const transpose: KernelFactory<'transpose'> = defineCopy(
  'transpose',
  (x, { permutation }, shape) => {
    const strides = stridesOf(x.shape);
    return { shape, strides: permutation.map((axis) => strides[axis] as number) };
  },
);

/** Takes every `step`-th element along each axis. */
export const slice: KernelFactory<'slice'> = defineCopy('slice', (x, { starts, steps }, shape) => {
  const strides = stridesOf(x.shape);
  return {
    shape,
    strides: strides.map((stride, axis) => stride * (steps[axis] as number)),
    offset: strides.reduce((sum, stride, axis) => sum + stride * (starts[axis] as number), 0),
  };
});

/** Broadcasts to a shape (ONNX Expand). */
export const expand: KernelFactory<'expand'> = defineCopy('expand', (x, _, shape) => ({
  shape,
  strides: broadcastStrides(x.shape, shape),
}));

/** Repeats the tensor along each axis. */
export const tile: KernelFactory<'tile'> = defineCopy('tile', (x, { repeats }) => {
  const strides = stridesOf(x.shape);
  return {
    shape: x.shape.flatMap((size, axis) => [repeats[axis] as number, size]),
    strides: strides.flatMap((stride) => [0, stride]),
  };
});

/** Puts tensors one behind the other along `axis`. */
export const concat: KernelFactory<'concat'> = defineKernel(
  'concat',
  () => true,
  (engine, operands, { axis }, result) => {
    const { length, inner } = splitAt(result.shape, axis);
    let targetOffset = 0;
    for (const x of operands) {
      const { outer, length: own } = splitAt(x.shape, axis);
      const shape = [outer, own * inner];
      copyWalk(engine, engine.address(x), result.address, bytesPerElement(x.dtype), {
        shape,
        strides: stridesOf(shape),
        targetStrides: [length * inner, 1],
        targetOffset,
      });
      targetOffset += own * inner;
    }
  },
);
