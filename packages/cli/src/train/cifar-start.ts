import { cifar10Classes, type Dataset, randomCrop, randomFlip } from '@subbyte/datasets';
import {
  type Dimension,
  type Graph,
  simplify,
  trace,
  type ValueInfo,
  withConstants,
} from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { type Tensor, zeros } from '@subbyte/tensor';
import { CliError } from '../errors.ts';
import { openModel } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import type { Terminal } from '../io/terminal.ts';
import { type CifarArchitecture, cifarArchitectures } from './cifar-architectures.ts';
import { fineTuning } from './fine-tune.ts';
import { fromScratch } from './from-scratch.ts';
import type { RunOptions } from './run-training.ts';
import type { Trained, Training } from './train.ts';

/** Mean and deviation of the pixels, per channel. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What a run on CIFAR-10 starts from: an imported model or nothing. */
export interface CifarStart {
  readonly inputShape: readonly Dimension[];
  begin(
    learn: Dataset,
    normalization: Normalization,
    options: RunOptions,
  ): { readonly training: Training; readonly fresh: Trained };
  /** What was learned as a graph. */
  graph(trained: Trained): Graph;
}

/** Channels, height and width of CIFAR-10's pictures. */
const pictureShape = [3, 32, 32] as const;

/** @throws CliError unless the model takes any number of CIFAR-10's pictures and tells ten classes. */
function checkModel(
  path: string,
  input: readonly Dimension[],
  outputs: readonly ValueInfo[],
): void {
  const text = (shape: readonly Dimension[]): string => `[${shape.join(', ')}]`;
  const [batch = 1, ...picture] = input;
  if (typeof batch === 'number') {
    throw new CliError(`${path} takes ${batch} pictures at a time, expected an open batch size`);
  }
  const fits = (found: readonly Dimension[], expected: readonly number[]): boolean =>
    found.length === expected.length &&
    found.every((size, i) => typeof size !== 'number' || size === expected[i]);
  if (!fits(picture, pictureShape)) {
    throw new CliError(`${path} takes ${text(input)}, expected ${text([batch, ...pictureShape])}`);
  }
  const { shape = [] } = outputs[0] ?? {};
  if (!fits(shape.slice(1), [cifar10Classes.length])) {
    throw new CliError(
      `${path} gives ${text(shape)}, expected ${text([batch, cifar10Classes.length])}`,
    );
  }
}

/**
 * Starts from an ONNX file.
 * @throws CliError when it cannot be read or does not fit the pictures and classes.
 */
export async function startFromModel(path: string, terminal: Terminal): Promise<CifarStart> {
  const model = await openModel(path);
  const { shape } = modelInput(model);
  const graph = simplify(fromOnnx(model.bytes, { externalData: model.externalData }), {
    keepBatchNorm: true,
  });
  checkModel(path, shape, graph.outputs);
  if (!graph.nodes.some(({ op }) => op === 'batchNorm')) {
    terminal.note(`${path} has no batch norms left: only its weights learn`);
  }
  return {
    inputShape: shape,
    begin: (learn, normalization, options) => fineTuning(graph, learn, normalization, options),
    graph: ({ parameters, state }) => withConstants(withConstants(graph, parameters), state),
  };
}

/** Starts an architecture from nothing. */
export function startFromScratch(name: CifarArchitecture): CifarStart {
  const network = cifarArchitectures[name];
  return {
    inputShape: ['N', ...pictureShape],
    begin: (learn, normalization, options) => {
      const augment = [randomCrop(4), randomFlip()];
      return fromScratch(network, learn, { ...normalization, augment }, options);
    },
    graph: ({ parameters, state }) => {
      const classify = (x: Tensor) => ({ logits: network.apply({ parameters, state }, x).y });
      return trace(classify, zeros([2, ...pictureShape]), { name, names: parameters, batch: 'N' });
    },
  };
}
