import { batches, type Dataset, randomCrop, subset, trainingBatches } from '@subbyte/datasets';
import { type Graph, trace } from '@subbyte/graph';
import { type Module, resnet } from '@subbyte/nn';
import { cosine, sgd, warmUp } from '@subbyte/optim';
import { random, type Tensor, zeros } from '@subbyte/tensor';
import type { Source } from '../sources/source.ts';
import type { RunOptions } from './run-training.ts';
import type { Trained, Training } from './train.ts';

/** Mean and deviation of the pixels of MNIST. */
const normalization = { mean: [0.1307], std: [0.3081] } as const;

/** Number of digits that are never trained on. */
const heldOut = 2000;

/** The digits to learn and those to be measured by: the same parts whatever the seed of a run. */
export function splitDigits(digits: Dataset, samples: number): { learn: Dataset; test: Dataset } {
  const order = random(0).permutation(digits.size);
  return {
    learn: subset(digits, order.subarray(heldOut, heldOut + samples)),
    test: subset(digits, order.subarray(0, heldOut)),
  };
}

/** The network: `[N, 1, 28, 28]` to logits `[N, 10]`. */
const digitsNetwork: Module = resnet({
  depth: 8,
  width: 8,
  classes: 10,
  channels: 1,
  shortcut: 'projection',
});

/** How the network learns digits. */
export function digitsTraining(learn: Dataset, settings: RunOptions): Training {
  const { epochs, batch, rate, seed } = settings;
  const stepsPerEpoch = Math.floor(learn.size / batch);
  const steps = epochs * stepsPerEpoch;
  const warm = Math.min(stepsPerEpoch, Math.ceil(steps / 10));
  return {
    classify: digitsNetwork.apply,
    optimizer: sgd({
      rate: warmUp(cosine(rate, Math.max(steps - warm, 1)), warm),
      momentum: 0.9,
      nesterov: true,
      weightDecay: 5e-4,
      groups: [{ match: /(bias|scale)$/, weightDecay: 0 }],
    }),
    smoothing: 0.1,
    epochs,
    stepsPerEpoch,
    batches: (epoch, start) =>
      trainingBatches(learn, {
        ...normalization,
        batchSize: batch,
        seed,
        epoch,
        start,
        augment: [randomCrop(2)],
      }),
  };
}

/** A training before its first step. */
export function freshDigits({ optimizer }: Training, seed: number): Trained {
  const variables = digitsNetwork.init(random(seed));
  return { ...variables, optimizer: optimizer.init(variables.parameters) };
}

/** The trained network as a graph: `input` `[N, 1, 28, 28]`, any N, to `output` `[N, 10]`. */
export function digitsGraph({ parameters, state }: Trained): Graph {
  const variables = { parameters, state };
  return trace((x: Tensor) => digitsNetwork.apply(variables, x).y, zeros([2, 1, 28, 28]), {
    name: 'digits',
    names: parameters,
    batch: 'N',
  });
}

/** The digits held out as a source to evaluate on. */
export const unseenDigits = (test: Dataset): Source => ({
  count: test.size,
  truth: 'labels',
  batches: () => batches(test, { ...normalization, batchSize: 100 }),
});
