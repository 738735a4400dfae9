import type { Shape } from '@subbyte/tensor';
import type { LayerNormOptions } from '../options.ts';
import {
  checkAxis,
  checkBroadcastsTo,
  checkShape,
  fail,
  type OperandShapes,
  show,
} from './check.ts';

/**
 * Shape of the normalisations along channel axis 1: that of `x`.
 * @throws KernelError unless every parameter has shape `[C]`.
 */
export function channelNormShape(
  kernel: string,
  x: Shape,
  parameters: OperandShapes,
  leastRank: number,
): number[] {
  if (x.length < leastRank) fail(kernel, `x ${show(x)}: expected at least rank ${leastRank}`);
  const roles = ['scale', 'bias', 'mean', 'variance'];
  for (const [i, shape] of parameters.entries()) {
    const role = roles[i] as string;
    if (shape === undefined) fail(kernel, `${role} is missing`);
    checkShape(kernel, role, shape, [x[1] as number]);
  }
  return [...x];
}

/**
 * Shape of `layerNorm`: that of `x`.
 * @throws KernelError unless scale and bias broadcast to `x`.
 */
export function layerNormShape(
  x: Shape,
  scale: Shape,
  bias: Shape | undefined,
  { axis }: LayerNormOptions,
): number[] {
  checkAxis('layerNorm', axis, x);
  checkBroadcastsTo('layerNorm', 'scale', scale, x);
  checkBroadcastsTo('layerNorm', 'bias', bias, x);
  return [...x];
}
