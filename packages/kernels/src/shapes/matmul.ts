import { broadcastShapes, type Shape } from '@subbyte/tensor';
import type { MatmulOptions } from '../options.ts';
import { checkBroadcastsTo, fail, show } from './check.ts';

/** The sizes of a matrix product. */
export interface MatmulSizes {
  /** Leading axes of the result. */
  readonly batch: number[];
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Sizes of `matmul`, with operands of rank 1 taken as a row (`a`) or a column (`b`).
 * The transpose options do not touch operands of rank 1.
 * @throws KernelError when the inner sizes differ.
 */
export function matmulSizes(a: Shape, b: Shape, options: MatmulOptions): MatmulSizes {
  if (a.length === 0 || b.length === 0) {
    fail('matmul', `a ${show(a)} and b ${show(b)}: expected at least rank 1`);
  }
  const size = (shape: Shape, fromEnd: number): number => shape[shape.length - fromEnd] as number;
  const rows = a.length === 1 ? 1 : size(a, options.transposeA ? 1 : 2);
  const inner = size(a, options.transposeA && a.length > 1 ? 2 : 1);
  const innerB = b.length === 1 ? size(b, 1) : size(b, options.transposeB ? 1 : 2);
  const columns = b.length === 1 ? 1 : size(b, options.transposeB ? 2 : 1);
  if (inner !== innerB) {
    const swap = (transposed: boolean): string => (transposed ? ' transposed' : '');
    fail(
      'matmul',
      `a ${show(a)}${swap(options.transposeA)} has ${inner} columns, b ${show(b)}${swap(options.transposeB)} has ${innerB} rows`,
    );
  }
  return { batch: broadcastShapes(a.slice(0, -2), b.slice(0, -2)), rows, inner, columns };
}

/**
 * Shape of `matmul`: `[..., M, N]` without the axis of an operand of rank 1.
 * @throws KernelError when the operands do not fit together.
 */
export function matmulShape(
  a: Shape,
  b: Shape,
  options: MatmulOptions,
  bias?: Shape | undefined,
): number[] {
  const { batch, rows, columns } = matmulSizes(a, b, options);
  checkBroadcastsTo('matmul', 'bias', bias, [...batch, rows, columns]);
  return [...batch, ...(a.length === 1 ? [] : [rows]), ...(b.length === 1 ? [] : [columns])];
}
