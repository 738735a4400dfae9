import { mirrored } from '@subbyte/datasets';
import type { Batch, Source } from './source.ts';

/** A source of pictures with the mirror image of each batch behind it. */
export function withMirrored(source: Source): Source {
  return {
    ...source,
    count: 2 * source.count,
    batches: async function* (): AsyncGenerator<Batch> {
      for await (const batch of source.batches()) {
        yield batch;
        yield { ...batch, input: mirrored(batch.input) };
      }
    },
  };
}
