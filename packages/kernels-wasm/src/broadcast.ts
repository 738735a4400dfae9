import type { KernelName } from '@subbyte/kernels';
import { broadcastStrides, type Shape, type Tensor } from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import type { BinaryFunction } from './functions.ts';
import { collapse, gridTable } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';

/** Writes `name(a, b)`, broadcast to `shape`, to `to`. */
export function computeBinary(
  engine: Engine,
  name: BinaryFunction,
  [a, shapeA]: readonly [address: number, shape: Shape],
  [b, shapeB]: readonly [address: number, shape: Shape],
  to: number,
  shape: Shape,
): void {
  const strides = [broadcastStrides(shapeA, shape), broadcastStrides(shapeB, shape)];
  const grid = collapse(shape, strides);
  engine.wasm[name](a, b, to, engine.table(gridTable(grid, 1)), grid.shape.length);
}

/** Makes an elementwise kernel of two float32 operands with broadcasting. */
export function defineBinary<K extends KernelName & BinaryFunction>(kernel: K): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, _, result) => {
    const [a, b] = operands as readonly [Tensor, Tensor];
    const from = (x: Tensor): readonly [number, Shape] => [engine.address(x), x.shape];
    computeBinary(engine, kernel, from(a), from(b), result.address, result.shape);
  });
}
