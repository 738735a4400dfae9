import { createExecutor, type Graph } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import type { ResolvedReconstruction } from '@subbyte/reconstruct';
import {
  evaluate,
  inputsOf,
  type ModelFile,
  openSource,
  type Source,
  useWasm,
  withMirrored,
} from 'subbyte';
import type { Setting } from './settings.ts';

/** Where pictures come from and how many calibrate. */
export interface RunOptions {
  /** Folder of CIFAR-10's binary files. */
  readonly data: string;
  readonly samples: number;
  readonly threads: number;
  readonly reconstruction: ResolvedReconstruction;
}

/** How one network came out. */
export interface RunResult {
  readonly setting: string;
  readonly seed: number;
  /** Top-1 of the float network and of the quantized one, in percent. */
  readonly float: number;
  readonly top1: number;
  /** Of quantization, without measuring accuracy. */
  readonly seconds: number;
  readonly threads: number;
  /** Calibration pictures, without their mirror images. */
  readonly samples: number;
  /** How it was learned: a result is kept while these are the defaults. */
  readonly reconstruction: ResolvedReconstruction;
  /** Units whose learned rounding was better than what they had. */
  readonly kept: number;
  readonly units: number;
}

const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const inputShape = ['n', 3, 32, 32];

async function top1(graph: Graph, source: Source): Promise<number> {
  const executor = createExecutor(graph);
  try {
    const { score } = await evaluate(
      {
        inputNames: graph.inputs.map(({ name }) => name),
        outputNames: graph.outputs.map(({ name }) => name),
        run: async (inputs) => executor.run(inputs),
        dispose: async () => undefined,
      },
      source,
    );
    if (!('top1' in score)) throw new Error('the data has no labels');
    return score.top1;
  } finally {
    executor.dispose();
  }
}

/** Quantizes the model as `setting` says and measures it on the test pictures. */
export async function runOne(
  model: ModelFile,
  setting: Setting,
  seed: number,
  { data, samples, threads, reconstruction }: RunOptions,
): Promise<RunResult> {
  await useWasm({ threads });
  const float = fromOnnx(model.bytes, { externalData: model.externalData });
  const common = { ...normalization, inputShape, seed };
  const pictures = await openSource(`cifar10:${data}`, { ...common, samples, split: 'train' });
  const calibration = withMirrored(pictures);
  const test = await openSource(`cifar10:${data}`, { ...common, split: 'test', batch: 250 });
  const start = performance.now();
  const { graph, report } = await quantize(float, {
    weights: { bits: setting.weights },
    activations: setting.activations && { bits: setting.activations },
    calibration: inputsOf(calibration),
    samples: calibration.count,
    seed,
    reconstruction,
  });
  const seconds = (performance.now() - start) / 1000;
  return {
    setting: setting.name,
    seed,
    float: await top1(float, test),
    top1: await top1(graph, test),
    seconds,
    threads,
    samples,
    reconstruction,
    kept: report.units.filter(({ kept }) => kept).length,
    units: report.units.length,
  };
}
