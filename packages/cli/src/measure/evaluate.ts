import type { Session } from '../engines/engine.ts';
import { CliError } from '../errors.ts';
import { breathe, type Source } from '../sources/source.ts';
import { type Score, scorers } from './scorers.ts';

/** A score and the time that running the model took. */
export interface Evaluation {
  readonly score: Score;
  readonly samples: number;
  /** Of the model alone, without reading the samples. */
  readonly milliseconds: number;
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
  } = {},
): Promise<Evaluation> {
  if (source.truth === 'none') throw new CliError('samples without labels: nothing to score by');
  const scorer = await scorers[source.truth]();
  const inputName = session.inputNames[0] ?? '';
  const outputName = session.outputNames[0] ?? '';
  let milliseconds = 0;
  let samples = 0;
  for await (const batch of source.batches()) {
    options.signal?.throwIfAborted();
    const start = performance.now();
    const outputs = await session.run({ [inputName]: batch.input });
    milliseconds += performance.now() - start;
    const output = outputs[outputName];
    if (!output) throw new CliError(`the model gave no output "${outputName}"`);
    scorer.add(output, batch);
    samples += batch.input.shape[0] ?? 0;
    options.onProgress?.(samples, source.count);
    await breathe();
  }
  return { score: scorer.score(), samples, milliseconds };
}
