import type { KernelName } from '@subbyte/kernels';
import { broadcastStrides, type Shape, sameShape, sizeOf, type Tensor } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import type { BinaryFunction } from './functions.ts';
import { collapse, type Grid, gridTable } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost, splitElements } from './split.ts';

/** How results of `shape` walk through both operands. */
function gridOf(shapeA: Shape, shapeB: Shape, shape: Shape): Grid {
  // The most frequent case, of which training has hundreds with few elements each.
  if (sameShape(shapeA, shape) && sameShape(shapeB, shape)) {
    return { shape: [sizeOf(shape)], strides: [[1], [1]] };
  }
  return collapse(shape, [broadcastStrides(shapeA, shape), broadcastStrides(shapeB, shape)]);
}

/** Writes `name(a, b)`, broadcast to `shape`, to `to`. */
export function computeBinary(
  engine: Engine,
  name: BinaryFunction,
  [a, shapeA]: readonly [address: number, shape: Shape],
  [b, shapeB]: readonly [address: number, shape: Shape],
  to: number,
  shape: Shape,
): void {
  const grid = gridOf(shapeA, shapeB, shape);
  const [outer, ...inner] = grid.shape as readonly [number, ...number[]];
  const [[stepA], [stepB]] = grid.strides as readonly [readonly [number], readonly [number]];
  if (inner.length === 0) {
    splitElements(engine, outer, (part, at, count) => {
      const table = part.table([count, stepA, stepB, 0]);
      part.wasm[name](a + at * stepA, b + at * stepB, to + at, table, 1);
    });
    return;
  }
  const size = sizeOf(inner);
  engine.split(outer, outer * size * elementCost, (part, first, end) => {
    const own = { ...grid, shape: [end - first, ...inner] };
    const places = [a + first * stepA * 4, b + first * stepB * 4, to + first * size * 4] as const;
    part.wasm[name](...places, part.table(gridTable(own, 1)), own.shape.length);
  });
}

/** Makes an elementwise kernel of two float32 operands with broadcasting. */
export function defineBinary<K extends KernelName & BinaryFunction>(kernel: K): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, _, result) => {
    const [a, b] = operands as readonly [Tensor, Tensor];
    const from = (x: Tensor): readonly [number, Shape] => [engine.address(x), x.shape];
    computeBinary(engine, kernel, from(a), from(b), result.address, result.shape);
  });
}
