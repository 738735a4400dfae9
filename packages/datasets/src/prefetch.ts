/**
 * The entries of `source`, with the next `ahead` already under way while one is in use: pictures
 * are read and decoded while the network computes in its workers. Errors arrive in their turn.
 */
export async function* prefetch<Entry>(
  source: AsyncIterable<Entry>,
  ahead = 1,
): AsyncGenerator<Entry> {
  const iterator = source[Symbol.asyncIterator]();
  const pending: Promise<IteratorResult<Entry>>[] = [];
  try {
    for (;;) {
      while (pending.length <= ahead) {
        const next = iterator.next();
        // It is awaited later; until then its failure is no unhandled one.
        next.catch(() => undefined);
        pending.push(next);
      }
      const result = await (pending.shift() as Promise<IteratorResult<Entry>>);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    await Promise.allSettled(pending);
    await iterator.return?.();
  }
}
