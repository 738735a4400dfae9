import {
  accuracyCounter,
  batches,
  type Dataset,
  randomCrop,
  subset,
  trainingBatches,
} from '@subbyte/datasets';
import { type Module, resnet } from '@subbyte/nn';
import { cosine, sgd, warmUp } from '@subbyte/optim';
import { random, scope, type Tree } from '@subbyte/tensor';
import { breathe } from '../sources/source.ts';
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

/** Accuracy in percent on the digits held out. */
export async function measureDigits(
  variables: { readonly parameters: Tree; readonly state: Tree },
  test: Dataset,
): Promise<number> {
  const counter = accuracyCounter([1]);
  for await (const { input, labels = [] } of batches(test, { ...normalization, batchSize: 100 })) {
    scope(() => {
      counter.add(digitsNetwork.apply(variables, input).y, labels);
      return undefined;
    });
    await breathe();
  }
  return 100 * (counter.result()[0] as number);
}
