import { type Dataset, randomCrop, randomFlip, trainingBatches } from '@subbyte/datasets';
import { differentiable, type Graph } from '@subbyte/graph';
import { cosine, sgd } from '@subbyte/optim';
import type { Tensor } from '@subbyte/tensor';
import type { RunOptions } from './run-training.ts';
import type { Trained, Training } from './train.ts';

/** How much of the running statistics each batch replaces: little, they are good already. */
const momentum = 0.01;

/** How an imported classifier goes on learning, and where it stands. */
export function fineTuning(
  graph: Graph,
  learn: Dataset,
  normalization: { readonly mean: readonly number[]; readonly std: readonly number[] },
  { epochs, batch, rate, seed }: RunOptions,
): { readonly training: Training; readonly fresh: Trained } {
  const network = differentiable(graph, { momentum });
  const inputName = graph.inputs[0]?.name ?? '';
  const outputName = graph.outputs[0]?.name ?? '';
  const stepsPerEpoch = Math.floor(learn.size / batch);
  const optimizer = sgd({
    rate: cosine(rate, epochs * stepsPerEpoch),
    momentum: 0.9,
    nesterov: true,
  });
  const { parameters, state } = network.init();
  return {
    training: {
      classify: (variables, images, options) => {
        const { y, state: next } = network.apply(variables, { [inputName]: images }, options);
        return { y: y[outputName] as Tensor, state: next };
      },
      optimizer,
      smoothing: 0,
      epochs,
      stepsPerEpoch,
      batches: (epoch, start) =>
        trainingBatches(learn, {
          ...normalization,
          batchSize: batch,
          seed,
          epoch,
          start,
          augment: [randomCrop(4), randomFlip()],
        }),
    },
    fresh: { parameters, state, optimizer: optimizer.init(parameters) },
  };
}
