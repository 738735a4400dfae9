/** A block of memory and the steps from whose start to whose end it is in use. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each block lies, and the bytes of all. */
export interface MemoryPlan {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Kernels read and write whole vectors: so much behind a block belongs to nobody. */
const slack = 32;
const alignment = 64;

const roundUp = (bytes: number): number => Math.ceil((bytes + slack) / alignment) * alignment;

/**
 * Places blocks so that those in use at the same time do not overlap: the largest first, each as low as it
 * fits (Pisarchyk and Lee 2020, "Efficient memory management for deep neural net inference", section 5.2).
 */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const order = lifetimes
    .map((life, index) => ({ ...life, index }))
    .sort((a, b) => b.bytes - a.bytes || a.index - b.index);
  const placed: { readonly first: number; readonly last: number; start: number; end: number }[] =
    [];
  const offsets = new Array<number>(lifetimes.length).fill(0);
  let bytes = 0;
  for (const { index, bytes: wanted, first, last } of order) {
    const size = roundUp(wanted);
    const others = placed
      .filter((other) => other.first <= last && first <= other.last)
      .sort((a, b) => a.start - b.start);
    let start = 0;
    for (const other of others) {
      if (start + size <= other.start) break;
      start = Math.max(start, other.end);
    }
    offsets[index] = start;
    placed.push({ first, last, start, end: start + size });
    bytes = Math.max(bytes, start + size);
  }
  return { offsets, bytes };
}
