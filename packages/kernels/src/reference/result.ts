import { type DataType, type Shape, type Tensor, zeros } from '@subbyte/tensor';
import { kernelDataType } from '../data-types.ts';
import { KernelError } from '../errors.ts';
import { kernelShapes } from '../shapes/index.ts';
import type { KernelName, OptionsOf } from '../table.ts';

/**
 * Data type and shape of the result of `kernel` for these operands and options, all checked.
 * @throws KernelError when they do not fit together.
 */
export function checkOperands<K extends KernelName>(
  kernel: K,
  operands: readonly (Tensor | undefined)[],
  options: OptionsOf<K>,
): readonly [dtype: DataType, shape: Shape] {
  const dtypes = operands.map((operand) => operand?.dtype);
  const shapes = operands.map((operand) => operand?.shape);
  return [kernelDataType[kernel](dtypes, options), kernelShapes[kernel](shapes, options)];
}

/**
 * The zeroed result tensor of `kernel` for these operands and options, all checked.
 * @throws KernelError when they do not fit together or the result does not fit in memory.
 */
export function allocateResult<K extends KernelName>(
  kernel: K,
  operands: readonly (Tensor | undefined)[],
  options: OptionsOf<K>,
): Tensor {
  const [dtype, shape] = checkOperands(kernel, operands, options);
  try {
    return zeros(shape, dtype);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new KernelError(`${kernel}: no memory for a ${dtype} result of [${shape}]`, { cause });
  }
}
