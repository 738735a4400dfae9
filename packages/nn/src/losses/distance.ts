import { abs, mean, pow, square, sub } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';

/** Mean of `|a - b|`. */
export function l1Loss(a: Tensor, b: Tensor): Tensor {
  return mean(abs(sub(a, b)));
}

/** Mean of `(a - b)²`. */
export function l2Loss(a: Tensor, b: Tensor): Tensor {
  return mean(square(sub(a, b)));
}

/** Mean of `|a - b|^p`, as in BRECQ's reconstruction (p = 2.4) and others. */
export function lpLoss(a: Tensor, b: Tensor, p: number): Tensor {
  return mean(pow(abs(sub(a, b)), p));
}
