import type { Shape } from '@subbyte/tensor';
import type { PackedSignatures, PackedWeightOptions } from '../packed-table.ts';
import { checkRank, checkShape, fail, type OperandShapes, operandShape, show } from './check.ts';
import { checkEpilogue } from './integer-epilogue.ts';
import type { NamedRule } from './rule.ts';

const widths: ReadonlySet<number> = new Set([1, 2, 3, 4, 8]);

/** Shape of the result, without what follows the sums. @throws KernelError unless `x` and weights fit together. */
function productShape(
  kernel: string,
  shapes: OperandShapes,
  { bits, weightZero }: PackedWeightOptions,
): { readonly shape: number[]; readonly inputs: number; readonly outputs: number } {
  const x: Shape = operandShape(kernel, shapes, 0, 'x');
  const weight = operandShape(kernel, shapes, 1, 'weight');
  if (!widths.has(bits)) fail(kernel, `${bits} bits: expected 1, 2, 3, 4 or 8`);
  if (!Number.isInteger(weightZero) || weightZero < 0 || weightZero >= 2 ** bits) {
    fail(kernel, `weightZero ${weightZero}: expected a code of ${bits} bits`);
  }
  if (x.length === 0) fail(kernel, 'x is a scalar: expected [..., K]');
  checkRank(kernel, 'weight', weight, 2);
  const [inputs, outputs] = [x.at(-1) as number, weight[0] as number];
  checkShape(kernel, 'weight', weight, [outputs, Math.ceil((inputs * bits) / 8)]);
  return { shape: [...x.slice(0, -1), outputs], inputs, outputs };
}

/** Shapes of the kernels with packed weights. */
export const packedRules: { readonly [K in keyof PackedSignatures]: NamedRule<K> } = {
  packedMatmul: (kernel, shapes, options) => {
    if ('residual' in options && options.residual !== undefined) {
      fail(kernel, 'a residual: expected none');
    }
    return checkEpilogue(kernel, shapes, options, productShape(kernel, shapes, options).shape);
  },
  matmulNBits: (kernel, shapes, options) => {
    const { shape, inputs, outputs } = productShape(kernel, shapes, options);
    const { groupSize } = options;
    if (!Number.isInteger(groupSize) || groupSize < 8 || groupSize % 8 !== 0) {
      fail(kernel, `groups of ${groupSize}: expected a multiple of 8`);
    }
    const scale = operandShape(kernel, shapes, 2, 'scale');
    const expected = [outputs, Math.ceil(inputs / groupSize)];
    if (scale.length !== 2) fail(kernel, `scale ${show(scale)}: expected ${show(expected)}`);
    checkShape(kernel, 'scale', scale, expected);
    checkShape(kernel, 'bias', shapes[3], [outputs]);
    return shape;
  },
};
