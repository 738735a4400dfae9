import { kernels } from '@subbyte/kernels';
import { normalizeAxis, type Tensor } from '@subbyte/tensor';
import { apply } from '../apply.ts';
import { row } from '../rules/arithmetic.ts';
import { record, report } from '../tape.ts';

/** Added to variances so that their root never vanishes: 1e-5 by default. */
export interface EpsilonOptions {
  readonly epsilon?: number | undefined;
}

const defaultEpsilon = 1e-5;

/** Softmax along `axis`. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return apply('softmax', [x], { axis: normalizeAxis(axis, x.shape.length) });
}

/** Logarithm of the softmax along `axis`. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return apply('logSoftmax', [x], { axis: normalizeAxis(axis, x.shape.length) });
}

/** Batch norm with given statistics, as in eval mode; all four `[C]` along axis 1. */
export function batchNorm(
  x: Tensor,
  scale: Tensor,
  bias: Tensor,
  mean: Tensor,
  variance: Tensor,
  { epsilon = defaultEpsilon }: EpsilonOptions = {},
): Tensor {
  return apply('batchNorm', [x, scale, bias, mean, variance], { epsilon });
}

/** What `batchNormTraining` gives. */
export interface BatchNormTraining {
  readonly result: Tensor;
  /** Mean of each channel of this batch, `[C]`; a constant to gradients. */
  readonly mean: Tensor;
  /** Biased variance of each channel of this batch, `[C]`; a constant to gradients. */
  readonly variance: Tensor;
}

/**
 * Batch norm with the statistics of this very batch, as in train mode; the gradient passes through
 * the statistics (Ioffe and Szegedy 2015).
 */
export function batchNormTraining(
  x: Tensor,
  scale: Tensor,
  bias: Tensor,
  { epsilon = defaultEpsilon }: EpsilonOptions = {},
): BatchNormTraining {
  const statistics = kernels.batchNormStatistics([x], {});
  const [mean, variance] = [row(statistics, 0), row(statistics, 1)];
  const operands = [x, scale, bias, mean, variance] as const;
  const options = { epsilon };
  const result = kernels.batchNorm(operands, options);
  record({
    name: 'batchNormTraining',
    operands: [x, scale, bias],
    results: [result],
    fresh: true,
    backward: ([gradient], wants) => {
      if (!gradient) return [];
      const sums = kernels.batchNormParameterGradient([x, gradient, statistics], options);
      return [
        wants(0)
          ? kernels.batchNormInputGradient([x, gradient, scale, statistics, sums], options)
          : undefined,
        wants(1) ? row(sums, 1) : undefined,
        wants(2) ? row(sums, 0) : undefined,
      ];
    },
  });
  report({ kernel: 'batchNorm', operands, options, result });
  return { result, mean, variance };
}

/** Normalises each channel of each sample; scale and bias `[C]`. */
export function instanceNorm(
  x: Tensor,
  scale: Tensor,
  bias: Tensor,
  { epsilon = defaultEpsilon }: EpsilonOptions = {},
): Tensor {
  return apply('instanceNorm', [x, scale, bias], { epsilon });
}

/** Normalises all axes from `axis` on together; scale and bias have their shape. */
export function layerNorm(
  x: Tensor,
  scale: Tensor,
  bias?: Tensor | undefined,
  { axis = -1, epsilon = defaultEpsilon }: EpsilonOptions & { readonly axis?: number } = {},
): Tensor {
  return apply('layerNorm', bias ? [x, scale, bias] : [x, scale], {
    axis: normalizeAxis(axis, x.shape.length),
    epsilon,
  });
}
