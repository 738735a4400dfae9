import type { KernelName, OptionsOf } from '@subbyte/kernels';
import {
  broadcastStrides,
  bytesPerElement,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
  type Tensor,
} from '@subbyte/tensor';
import type { Engine } from './engine.ts';
import { collapse, gridTable } from './grid.ts';
import { defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost } from './split.ts';

/** Elements of a source as they lie in a result. */
export interface Walk {
  /** Elements to copy along each axis. */
  readonly shape: Shape;
  /** Distance of neighbours in the source, in elements. */
  readonly strides: readonly number[];
  /** Distance of neighbours in the target; by default it is filled row by row. */
  readonly targetStrides?: readonly number[];
  /** First element in the source; 0 by default. */
  readonly offset?: number;
  /** First element in the target; 0 by default. */
  readonly targetOffset?: number;
}

/** Copies elements of `size` bytes. */
export function copyWalk(engine: Engine, from: number, to: number, size: number, walk: Walk): void {
  const { shape, strides, offset = 0, targetOffset = 0 } = walk;
  if (shape.includes(0)) return;
  const grid = collapse(shape, [strides, walk.targetStrides ?? stridesOf(shape)]);
  const [sourceStrides] = grid.strides as readonly [readonly number[]];
  const [source, target] = [from + offset * size, to + targetOffset * size];
  const columns = grid.shape.at(-1) as number;
  const rows = grid.shape.at(-2) ?? 1;
  const outer = grid.shape.at(-3) ?? 1;
  // Two swapped axes, perhaps under one that runs on: blocks of 4 x 4 instead of single elements.
  const swapped =
    size === 4 &&
    walk.targetStrides === undefined &&
    (grid.shape.length === 2 || grid.shape.length === 3) &&
    sourceStrides.at(-2) === 1 &&
    sourceStrides.at(-1) === rows &&
    (sourceStrides.at(-3) ?? rows * columns) === rows * columns;
  if (swapped) {
    engine.wasm.swapAxes(source, target, outer, columns, rows);
    return;
  }
  const [lines, ...line] = grid.shape as readonly [number, ...number[]];
  const [step, toStep] = grid.strides.map(([first]) => (first as number) * size) as [
    number,
    number,
  ];
  engine.split(lines, sizeOf(grid.shape) * elementCost, (part, first, end) => {
    const table = part.table(gridTable({ ...grid, shape: [end - first, ...line] }, size));
    const places = [source + first * step, target + first * toStep] as const;
    part.wasm.copyGrid(...places, table, grid.shape.length, size);
  });
}

/** Makes a kernel of any data type that copies the elements of its first operand. */
export function defineCopy<K extends KernelName>(
  kernel: K,
  walk: (x: Tensor, options: OptionsOf<K>, shape: Shape) => Walk,
): KernelFactory<K> {
  return defineKernel(
    kernel,
    () => true,
    (engine, operands, options, result) => {
      const x = operands[0] as Tensor;
      const size = bytesPerElement(x.dtype);
      const steps = walk(x, options, result.shape);
      copyWalk(engine, engine.address(x), result.address, size, steps);
    },
  );
}

/** Address of the elements of `x`, broadcast to `shape`. */
export function expandedAddress(engine: Engine, x: Tensor, shape: Shape): number {
  const from = engine.address(x);
  if (sameShape(x.shape, shape)) return from;
  const bytes = bytesPerElement(x.dtype);
  const to = engine.scratch(sizeOf(shape) * bytes);
  if (x.size === 1) engine.wasm.fill(to, from, sizeOf(shape), bytes);
  else copyWalk(engine, from, to, bytes, { shape, strides: broadcastStrides(x.shape, shape) });
  return to;
}
