import type { NamedBatch } from '@subbyte/reconstruct';

// Enough for means and SQNRs; bounds the memory that later steps take.
const mostSamples = 128;
const mostElements = 2 ** 22;

/** Keeps a few of the batches it is offered. */
export interface BatchKeeper {
  offer(batch: NamedBatch, count: number): void;
  batches(): readonly NamedBatch[];
}

/**
 * Keeps batches spread evenly over a stream of unknown length: every one at first; whenever they are
 * too many, every other one goes and from then on only every second, fourth, ... is taken. Streams
 * sorted by anything (text lines by width, say) stay represented. At least one batch is kept.
 */
export function batchKeeper(): BatchKeeper {
  let kept: { batch: NamedBatch; count: number; elements: number }[] = [];
  let stride = 1;
  let offered = 0;
  const sum = (key: 'count' | 'elements'): number => kept.reduce((all, item) => all + item[key], 0);
  return {
    offer: (batch, count) => {
      if (offered++ % stride !== 0) return;
      const elements = Object.values(batch).reduce((all, value) => all + value.size, 0);
      kept.push({ batch, count, elements });
      while (kept.length > 1 && (sum('count') > mostSamples || sum('elements') > mostElements)) {
        stride *= 2;
        kept = kept.filter((_, index) => index % 2 === 0);
      }
    },
    batches: () => kept.map(({ batch }) => batch),
  };
}
