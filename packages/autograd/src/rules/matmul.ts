import { kernels } from '@subbyte/kernels';
import { reshape, type Tensor } from '@subbyte/tensor';
import { sumTo } from './arithmetic.ts';
import { beforeActivation } from './fused.ts';
import type { GradientRule } from './rule.ts';

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return kernels.matmul([a, b], { transposeA, transposeB });
}

/** `[..., M, N]` as `[... · M, N]`. */
function flat(x: Tensor): Tensor {
  const columns = x.shape.at(-1) as number;
  return x.shape.length === 2 ? x : reshape(x, [columns === 0 ? 0 : x.size / columns, columns]);
}

/** C = A' B' gives dA' = dC B'ᵀ and dB' = A'ᵀ dC; a transposed operand's gradient is transposed. */
export const matmul: GradientRule<'matmul'> = ({ operands, options, result, gradient, wants }) => {
  const [first, second, bias] = operands;
  const { activation, ...plain } = options;
  const g = beforeActivation(gradient, result, activation, () => kernels.matmul(operands, plain));
  // Operands of rank 1 as a row or a column, the result with their axes back.
  const isRow = first.shape.length === 1;
  const isColumn = second.shape.length === 1;
  const a = isRow ? reshape(first, [1, first.size]) : first;
  const b = isColumn ? reshape(second, [second.size, 1]) : second;
  const batch = g.shape.slice(0, g.shape.length - (isRow ? 0 : 1) - (isColumn ? 0 : 1));
  const rows = isRow ? 1 : (g.shape[batch.length] as number);
  const columns = isColumn ? 1 : (g.shape.at(-1) as number);
  const full = reshape(g, [...batch, rows, columns]);
  const transposeA = !isRow && options.transposeA;
  const transposeB = !isColumn && options.transposeB;

  const byA = (): Tensor =>
    transposeA ? product(b, full, transposeB, true) : product(full, b, false, !transposeB);
  const byB = (): Tensor => {
    // One weight for the whole batch: one product instead of a batch of them and their sum.
    const shared = b.shape.length === 2 && !transposeA && batch.length === a.shape.length - 2;
    const [x, y] = shared ? [flat(a), flat(full)] : [a, full];
    return transposeB ? product(y, x, true, transposeA) : product(x, y, !transposeA, false);
  };
  const shaped = (partial: Tensor, like: Tensor, operand: Tensor): Tensor =>
    reshape(sumTo(partial, like.shape), operand.shape);
  return [
    wants(0) ? shaped(byA(), a, first) : undefined,
    wants(1) ? shaped(byB(), b, second) : undefined,
    bias && wants(2) ? sumTo(full, bias.shape) : undefined,
  ];
};
