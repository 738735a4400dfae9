import type { Context } from '../commands/command.ts';
import { subbyteEngine } from '../engines/subbyte.ts';
import { openModel } from '../io/model-file.ts';
import { evaluate } from '../measure/evaluate.ts';
import type { Source } from '../sources/source.ts';

/** Top-1 accuracy in percent of a model file on labelled samples, by our own engine. */
export async function accuracyOf(
  path: string,
  source: Source,
  { terminal, signal }: Context,
): Promise<number> {
  const session = await subbyteEngine.load(await openModel(path));
  try {
    const { score } = await evaluate(session, source, {
      signal,
      onProgress: (done, total) => terminal.progress(`evaluating ${path}`, done, total),
    });
    return score.top1 ?? Number.NaN;
  } finally {
    await session.dispose();
  }
}
