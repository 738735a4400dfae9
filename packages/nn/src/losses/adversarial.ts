import { add, mean, mul, neg, relu, square, sub } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';

/** The two sides of a game between a discriminator and a generator, over discriminator outputs. */
export interface AdversarialLoss {
  /** What the discriminator minimises. */
  readonly discriminator: (real: Tensor, fake: Tensor) => Tensor;
  /** What the generator minimises. */
  readonly generator: (fake: Tensor) => Tensor;
}

/** Hinge loss (Lim and Ye 2017; Miyato et al. 2018, eq. 16 and 17). */
export const hingeLoss: AdversarialLoss = {
  discriminator: (real, fake) => add(mean(relu(sub(1, real))), mean(relu(add(1, fake)))),
  generator: (fake) => neg(mean(fake)),
};

/** Least squares with targets 1 and 0 (Mao et al. 2017, eq. 9). */
export const leastSquaresLoss: AdversarialLoss = {
  discriminator: (real, fake) => mul(add(mean(square(sub(real, 1))), mean(square(fake))), 0.5),
  generator: (fake) => mul(mean(square(sub(fake, 1))), 0.5),
};
