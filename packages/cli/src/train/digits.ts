import { batches, type Dataset, randomCrop, subset } from '@subbyte/datasets';
import { type Graph, trace } from '@subbyte/graph';
import { type Module, resnet } from '@subbyte/nn';
import { random, type Tensor, zeros } from '@subbyte/tensor';
import type { Source } from '../sources/source.ts';
import { fromScratch } from './from-scratch.ts';
import type { RunOptions } from './run-training.ts';
import type { Trained } from './train.ts';

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

/** How the network learns digits, and its first values. */
export const digitsTraining = (
  learn: Dataset,
  options: RunOptions,
): ReturnType<typeof fromScratch> =>
  fromScratch(digitsNetwork, learn, { ...normalization, augment: [randomCrop(2)] }, options);

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
