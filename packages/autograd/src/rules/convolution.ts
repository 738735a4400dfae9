import { kernels } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { sum } from './arithmetic.ts';
import { beforeActivation } from './fused.ts';
import type { GradientRule } from './rule.ts';

const biasGradient = (gradient: Tensor): Tensor => sum(gradient, [0, 2, 3]);

export const conv2d: GradientRule<'conv2d'> = ({ operands, options, result, gradient, wants }) => {
  const [x, weight] = operands;
  const { activation, ...plain } = options;
  const g = beforeActivation(gradient, result, activation, () => kernels.conv2d(operands, plain));
  return [
    wants(0)
      ? kernels.conv2dInputGradient([g, weight], { ...plain, inputShape: x.shape })
      : undefined,
    wants(1)
      ? kernels.conv2dWeightGradient([x, g], { ...plain, weightShape: weight.shape })
      : undefined,
    wants(2) ? biasGradient(g) : undefined,
  ];
};

/** The transposed convolution is the input gradient of a convolution: that is its gradient. */
export const convTranspose2d: GradientRule<'convTranspose2d'> = ({
  operands,
  options,
  result,
  gradient,
  wants,
}) => {
  const [x, weight] = operands;
  const { activation, outputPadding, ...plain } = options;
  const g = beforeActivation(gradient, result, activation, () =>
    kernels.convTranspose2d(operands, { ...plain, outputPadding }),
  );
  // Rows that output padding adds cancel padding; beyond that only the bias reaches them.
  const [top, left, bottom, right] = plain.padding;
  const [low, far] = [bottom - outputPadding[0], right - outputPadding[1]];
  const conv = { ...plain, padding: [top, left, Math.max(low, 0), Math.max(far, 0)] as const };
  const seen = crop(g, Math.max(-low, 0), Math.max(-far, 0));
  return [
    wants(0) ? kernels.conv2d([seen, weight], conv) : undefined,
    wants(1)
      ? kernels.conv2dWeightGradient([seen, x], { ...conv, weightShape: weight.shape })
      : undefined,
    wants(2) ? biasGradient(g) : undefined,
  ];
};

/** `x` without its last rows and columns. */
function crop(x: Tensor, rows: number, columns: number): Tensor {
  if (rows === 0 && columns === 0) return x;
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  return kernels.slice([x], {
    starts: [0, 0, 0, 0],
    sizes: [batch, channels, height - rows, width - columns],
    steps: [1, 1, 1, 1],
  });
}
