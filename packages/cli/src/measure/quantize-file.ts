import type { Graph } from '@subbyte/graph';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import {
  type ProgressEvent,
  type QuantizeConfig,
  type QuantizeReport,
  quantize,
} from '@subbyte/quantize';
import type { Values } from '../engines/engine.ts';
import { clock } from '../format/clock.ts';
import { layerNames } from '../format/layer-names.ts';
import type { TimedUnit } from '../format/units-text.ts';
import { useWasm } from '../io/backend.ts';
import { writeAtomically } from '../io/files.ts';
import type { ModelFile } from '../io/model-file.ts';
import { modelInput } from '../io/model-input.ts';
import { inputsOf, type Source } from '../sources/source.ts';
import { type Proof, prove } from './prove.ts';
import { type UnitClock, unitClock } from './unit-clock.ts';

/** Samples that prove the exported file; a few show whether it runs and computes the same. */
const provingSamples = 4;

const stages = {
  calibrate: 'calibrating',
  weights: 'fitting weights',
  reconstruct: 'reconstructing',
  bias: 'correcting biases',
  measure: 'measuring',
} as const;

/** What to make of a model. */
export interface QuantizeFileOptions {
  readonly model: ModelFile;
  /** Path of the result. */
  readonly out: string;
  readonly form: 'qdq' | 'packed';
  readonly config: QuantizeConfig;
  /** Samples for ranges and biases. */
  readonly calibration: Source | undefined;
  /** Samples to prove the result on; undefined: no proof. */
  readonly proving: Source | undefined;
  /** Threads that compute, when nothing has computed before. Default 1. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((what: string, done: number, total: number | undefined) => void)
    | undefined;
}

/** What a quantization made. */
export interface QuantizeOutcome {
  readonly report: QuantizeReport;
  /** Units whose rounding was learned. */
  readonly units: readonly TimedUnit[];
  readonly proof: Proof | undefined;
  /** Sizes of the files. */
  readonly bytes: number;
  readonly bytesBefore: number;
  /** Until the file was written. */
  readonly seconds: number;
}

/** `unit 3/11  conv1 … conv2  iteration 350  loss 0.0123  1:23 left`. */
function progressText({ stage, unit, loss }: ProgressEvent, units: UnitClock): string {
  if (!unit) return stages[stage];
  const left = units.secondsLeft();
  return [
    `${unit.pass} ${unit.unit + 1}/${unit.units}`,
    layerNames(unit.layers),
    `iteration ${unit.iteration}`,
    loss === undefined ? '' : `loss ${loss.toPrecision(3)}`,
    left === undefined ? '' : `${clock(left)} left`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

async function someInputs(name: string, source: Source): Promise<Values[]> {
  const inputs: Values[] = [];
  for await (const value of inputsOf(source)) {
    inputs.push({ [name]: value });
    if (inputs.length * (value.shape[0] ?? 1) >= provingSamples) break;
  }
  return inputs;
}

/**
 * Quantizes a model, writes it, opens it again and proves it.
 * @throws the typed errors of the packages; the signal's reason when aborted, and then no file is left.
 */
export async function quantizeFile(options: QuantizeFileOptions): Promise<QuantizeOutcome> {
  const { model, out, form, config, calibration, proving, signal, onProgress } = options;
  await useWasm({ threads: options.threads });
  const clockOfUnits = unitClock();
  const start = performance.now();
  const float: Graph = fromOnnx(model.bytes, { externalData: model.externalData });
  const { graph, report } = await quantize(float, {
    ...config,
    biasCorrection: calibration ? config.biasCorrection : false,
    calibration: calibration && inputsOf(calibration),
    samples: calibration?.count,
    signal,
    onProgress: (event) => {
      clockOfUnits.tick(event);
      onProgress?.(progressText(event, clockOfUnits), event.done, event.total || undefined);
    },
  });
  const bytes = toOnnx(graph, { form });
  await writeAtomically(out, bytes, signal);
  const seconds = (performance.now() - start) / 1000;
  let proof: Proof | undefined;
  if (proving) {
    onProgress?.('proving', 0, undefined);
    const inputs = await someInputs(modelInput(model).name, proving);
    signal?.throwIfAborted();
    proof = await prove(out, graph, inputs);
  }
  const units = report.units.map((unit) => ({
    ...unit,
    seconds: clockOfUnits.secondsOf(unit.pass, unit.name),
  }));
  return { report, units, proof, bytes: bytes.length, bytesBefore: model.bytes.length, seconds };
}
