import type { Tensor } from '@subbyte/tensor';
import type { Session } from '../engines/engine.ts';
import { CliError } from '../errors.ts';
import { type Batch, breathe, type Source } from '../sources/source.ts';
import { difference } from './difference.ts';
import { type Score, scorers } from './scorers.ts';

/** A score and the time that running the model took. */
export interface Evaluation {
  readonly score: Score;
  readonly samples: number;
  /** Of the model alone, without reading the samples. */
  readonly milliseconds: number;
  /** Largest difference of an output element to the other session's; absent without one. */
  readonly maxDifference?: number;
}

/**
 * Runs a model over labelled samples.
 * @throws CliError when the samples have no truth to score by, or the output does not fit it.
 */
export async function evaluate(
  session: Session,
  source: Source,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, total: number) => void;
    /** Runs the same samples, to compare outputs with. */
    readonly against?: Session | undefined;
    /** Looks at each batch and what the model made of it. */
    readonly onOutput?: ((output: Tensor, batch: Batch) => Promise<void>) | undefined;
  } = {},
): Promise<Evaluation> {
  const { against } = options;
  if (source.truth === 'none') throw new CliError('samples without labels: nothing to score by');
  const scorer = await scorers[source.truth]();
  const inputName = session.inputNames[0] ?? '';
  const outputName = session.outputNames[0] ?? '';
  let milliseconds = 0;
  let samples = 0;
  let maxDifference = 0;
  for await (const batch of source.batches()) {
    options.signal?.throwIfAborted();
    const start = performance.now();
    const outputs = await session.run({ [inputName]: batch.input });
    milliseconds += performance.now() - start;
    const output = outputs[outputName];
    if (!output) throw new CliError(`the model gave no output "${outputName}"`);
    scorer.add(output, batch);
    await options.onOutput?.(output, batch);
    if (against) {
      const others = await against.run({ [inputName]: batch.input });
      maxDifference = Math.max(maxDifference, difference([others], [outputs]).largest);
    }
    samples += batch.input.shape[0] ?? 0;
    options.onProgress?.(samples, source.count);
    await breathe();
  }
  const evaluation = { score: scorer.score(), samples, milliseconds };
  return against ? { ...evaluation, maxDifference } : evaluation;
}
