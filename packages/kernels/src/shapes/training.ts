import { type Shape, sizeOf } from '@subbyte/tensor';
import { KernelError } from '../errors.ts';
import type { AveragePool2dOptions, AxisOptions } from '../options.ts';
import type { OptionsOf, TrainingKernelName } from '../table.ts';
import type {
  FakeQuantizeDropOptions,
  InputShapeOptions,
  RandomSelectOptions,
} from '../training-table.ts';
import {
  checkAxis,
  checkShape,
  checkWhole,
  fail,
  type OperandShapes,
  operandShape,
  show,
} from './check.ts';
import { conv2dShape } from './conv.ts';
import { gatherElementsShape, gatherShape, padShape, resizeShape, sliceShape } from './movement.ts';
import { layerNormShape } from './normalization.ts';
import { pool2dShape } from './pool.ts';
import { quantizeShape } from './quantize.ts';
import type { NamedRule } from './rule.ts';

/** @throws KernelError unless `gradient` has the shape of the forward kernel's result. */
function checkGradient(kernel: string, gradient: Shape, forward: () => Shape): void {
  let expected: Shape;
  try {
    expected = forward();
  } catch (cause) {
    if (!(cause instanceof KernelError)) throw cause;
    throw new KernelError(`${kernel}: ${cause.message}`, { cause });
  }
  checkShape(kernel, 'gradient', gradient, expected);
}

/** A rule for operands of one shape, which the result has too. */
const alike =
  (...roles: readonly string[]) =>
  (kernel: string, shapes: OperandShapes): number[] => {
    const [first, ...others] = roles.map((role, i) => operandShape(kernel, shapes, i, role));
    for (const [i, shape] of others.entries()) {
      checkShape(kernel, roles[i + 1] as string, shape, first as Shape);
    }
    return [...(first as Shape)];
  };

const pointwise = alike('x', 'gradient');

/** Like `pointwise`, along an axis. */
function alongAxis(kernel: string, shapes: OperandShapes, { axis }: AxisOptions): number[] {
  const shape = alike('y', 'gradient')(kernel, shapes);
  checkAxis(kernel, axis, shape);
  return shape;
}

/** A rule for the gradient of a kernel of `x` alone; the result has the option `inputShape`. */
const ofInput =
  <Options>(forward: (x: Shape, options: Options) => Shape) =>
  (kernel: string, shapes: OperandShapes, options: Options & InputShapeOptions): number[] => {
    const gradient = operandShape(kernel, shapes, 0, 'gradient');
    checkWhole(kernel, 'inputShape', options.inputShape, 0);
    checkGradient(kernel, gradient, () => forward(options.inputShape, options));
    return [...options.inputShape];
  };

/** Like `ofInput` for a kernel of `x` and one more operand. */
const ofInputWith =
  <Options>(role: string, forward: (x: Shape, other: Shape, options: Options) => Shape) =>
  (kernel: string, shapes: OperandShapes, options: Options & InputShapeOptions): number[] =>
    ofInput((x: Shape, own: Options) => forward(x, operandShape(kernel, shapes, 1, role), own))(
      kernel,
      shapes,
      options,
    );

/** Shape of `x` and its number of channels. @throws KernelError below rank `leastRank`. */
function channels(
  kernel: string,
  shapes: OperandShapes,
  leastRank: number,
): readonly [x: Shape, channels: number] {
  const x = operandShape(kernel, shapes, 0, 'x');
  if (x.length < leastRank) fail(kernel, `x ${show(x)}: expected at least rank ${leastRank}`);
  return [x, x[1] as number];
}

/** A rule for `x`, a gradient of its shape, and operands whose shape the channels tell. */
const channelNorm =
  (
    leastRank: number,
    result: 'input' | 'parameters',
    parameters: Readonly<Record<string, 'channel' | 'two per channel'>>,
  ) =>
  (kernel: string, shapes: OperandShapes): number[] => {
    const [x, count] = channels(kernel, shapes, leastRank);
    checkShape(kernel, 'gradient', operandShape(kernel, shapes, 1, 'gradient'), x);
    for (const [i, [role, kind]] of Object.entries(parameters).entries()) {
      const expected = kind === 'channel' ? [count] : [2, count];
      checkShape(kernel, role, operandShape(kernel, shapes, i + 2, role), expected);
    }
    return result === 'input' ? [...x] : [2, count];
  };

/** A rule for the gradients of `fakeQuantizeUniform`, whose result has the shape of one operand. */
const fakeQuantize =
  (result: 0 | 1) =>
  (kernel: string, shapes: OperandShapes, options: OptionsOf<'fakeQuantizeUniform'>): number[] => {
    const [x, scale, zeroPoint, gradient] = ['x', 'scale', 'zeroPoint', 'gradient'].map((role, i) =>
      operandShape(kernel, shapes, i, role),
    ) as [Shape, Shape, Shape, Shape];
    checkShape(kernel, 'gradient', gradient, quantizeShape(kernel, x, scale, zeroPoint, options));
    return result === 0 ? [...x] : [...scale];
  };

function checkCoins(kernel: string, { probability, seed }: RandomSelectOptions): void {
  if (!(probability >= 0 && probability <= 1)) {
    fail(kernel, `probability ${probability}: expected a number from 0 to 1`);
  }
  checkWhole(kernel, 'seed', [seed], 0);
}

/** A rule for `fakeQuantizeDrop` and its gradients: one scale, a gradient like `x`. */
const drop =
  (result: 0 | 1, ...roles: readonly string[]) =>
  (kernel: string, shapes: OperandShapes, options: FakeQuantizeDropOptions): number[] => {
    const [x, scale, zeroPoint] = ['x', 'scale', 'zeroPoint'].map((role, i) =>
      operandShape(kernel, shapes, i, role),
    ) as [Shape, Shape, Shape];
    for (const [role, shape] of [
      ['scale', scale],
      ['zeroPoint', zeroPoint],
    ] as const) {
      if (sizeOf(shape) !== 1) fail(kernel, `${role} ${show(shape)}: expected one value`);
    }
    for (const [i, role] of roles.entries()) {
      checkShape(kernel, role, operandShape(kernel, shapes, 3 + i, role), x);
    }
    checkCoins(kernel, options);
    return result === 0 ? [...x] : [...scale];
  };

/** The shape rules of the training kernels. */
export const trainingRules: { readonly [K in TrainingKernelName]: NamedRule<K> } = {
  conv2dInputGradient: ofInputWith('weight', conv2dShape),
  conv2dWeightGradient: (kernel, shapes, options) => {
    const x = operandShape(kernel, shapes, 0, 'x');
    const gradient = operandShape(kernel, shapes, 1, 'gradient');
    checkGradient(kernel, gradient, () => conv2dShape(x, options.weightShape, options));
    return [...options.weightShape];
  },
  maxPool2dGradient: (kernel, shapes, options) => {
    const x = operandShape(kernel, shapes, 0, 'x');
    const expected = pool2dShape(x, options, kernel);
    checkShape(kernel, 'gradient', operandShape(kernel, shapes, 1, 'gradient'), expected);
    return [...x];
  },
  averagePool2dGradient: ofInput((x, options: AveragePool2dOptions) =>
    pool2dShape(x, options, 'averagePool2d'),
  ),
  activationGradient: pointwise,
  batchNormStatistics: (kernel, shapes) => [2, channels(kernel, shapes, 2)[1]],
  batchNormParameterGradient: channelNorm(2, 'parameters', { statistics: 'two per channel' }),
  batchNormInputGradient: channelNorm(2, 'input', {
    scale: 'channel',
    statistics: 'two per channel',
    sums: 'two per channel',
  }),
  instanceNormInputGradient: channelNorm(3, 'input', { scale: 'channel' }),
  instanceNormParameterGradient: channelNorm(3, 'parameters', {}),
  layerNormInputGradient: (kernel, shapes, options) => {
    const x = pointwise(kernel, shapes);
    const scale = operandShape(kernel, shapes, 2, 'scale');
    checkGradient(kernel, x, () => layerNormShape(x, scale, undefined, options));
    return x;
  },
  layerNormParameterGradient: (kernel, shapes, { axis }) => {
    const x = pointwise(kernel, shapes);
    checkAxis(kernel, axis, x);
    return [2, ...x.slice(axis)];
  },
  softmaxGradient: alongAxis,
  logSoftmaxGradient: alongAxis,
  padGradient: ofInput(padShape),
  sliceGradient: ofInput(sliceShape),
  resizeGradient: ofInput(resizeShape),
  gatherGradient: ofInputWith('indices', gatherShape),
  gatherElementsGradient: ofInputWith('indices', gatherElementsShape),
  fakeQuantizeUniformGradient: fakeQuantize(0),
  fakeQuantizeUniformScaleGradient: fakeQuantize(1),
  randomSelect: (kernel, shapes, options) => {
    const shape = alike('a', 'b')(kernel, shapes);
    checkCoins(kernel, options);
    return shape;
  },
  fakeQuantizeDrop: drop(0),
  fakeQuantizeDropGradient: drop(0, 'gradient'),
  fakeQuantizeDropScaleGradient: drop(1, 'gradient'),
  sgdUpdate: alike('parameter', 'gradient', 'velocity'),
  adamUpdate: (kernel, shapes, { step }) => {
    const shape = alike('parameter', 'gradient', 'mean', 'square')(kernel, shapes);
    checkWhole(kernel, 'step', [step], 1);
    return shape;
  },
  blendUpdate: alike('target', 'source'),
  accumulateUpdate: alike('target', 'source'),
};
