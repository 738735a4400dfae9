import type { MatmulOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';

/** Options of `matmul`, with the bias among them. */
export interface MatmulCallOptions extends Partial<MatmulOptions> {
  /** Broadcasts to the result. */
  readonly bias?: Tensor | undefined;
}

/**
 * Matrix product `[..., M, K] x [..., K, N]`, leading axes broadcasting; operands of rank 1 are a
 * row and a column whose axis is dropped.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulCallOptions = {}): Tensor {
  const { bias, transposeA = false, transposeB = false, activation } = options;
  return apply('matmul', bias ? [a, b, bias] : [a, b], {
    transposeA,
    transposeB,
    ...(activation && { activation }),
  });
}
