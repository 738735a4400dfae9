import { type Augmentation, type Dataset, trainingBatches } from '@subbyte/datasets';
import type { Module } from '@subbyte/nn';
import { cosine, sgd, warmUp } from '@subbyte/optim';
import { random } from '@subbyte/tensor';
import type { RunOptions } from './run-training.ts';
import type { Trained, Training } from './train.ts';

/** How pictures reach the network. */
export interface PictureOptions {
  /** Per channel, of pixels from 0 to 1. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly augment: readonly Augmentation[];
}

/** How a new classifier learns, and its first values. */
export function fromScratch(
  network: Module,
  learn: Dataset,
  pictures: PictureOptions,
  { epochs, batch, rate, seed }: RunOptions,
): { readonly training: Training; readonly fresh: Trained } {
  const stepsPerEpoch = Math.floor(learn.size / batch);
  const steps = epochs * stepsPerEpoch;
  const warm = Math.min(stepsPerEpoch, Math.ceil(steps / 10));
  const optimizer = sgd({
    rate: warmUp(cosine(rate, Math.max(steps - warm, 1)), warm),
    momentum: 0.9,
    nesterov: true,
    weightDecay: 5e-4,
    groups: [{ match: /(bias|scale)$/, weightDecay: 0 }],
  });
  const variables = network.init(random(seed));
  return {
    training: {
      classify: network.apply,
      optimizer,
      smoothing: 0.1,
      epochs,
      stepsPerEpoch,
      batches: (epoch, start) =>
        trainingBatches(learn, { ...pictures, batchSize: batch, seed, epoch, start }),
    },
    fresh: { ...variables, optimizer: optimizer.init(variables.parameters) },
  };
}
