// Layers with a fused activation. relu, clip and leakyRelu with a positive slope are told from the
// result; for the others the value before the activation is computed once more: no memory is spent
// on what hardly anyone fuses while training.

import { type Activation, kernels } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';

function isToldByResult(activation: Activation): boolean {
  if (activation.kind === 'leakyRelu') return activation.alpha > 0;
  return activation.kind === 'relu' || activation.kind === 'clip';
}

/** The gradient before the fused activation; `compute` is the layer without it. */
export function beforeActivation(
  gradient: Tensor,
  result: Tensor,
  activation: Activation | undefined,
  compute: () => Tensor,
): Tensor {
  if (activation === undefined) return gradient;
  const x = isToldByResult(activation) ? result : compute();
  return kernels.activationGradient([x, gradient], { activation });
}
