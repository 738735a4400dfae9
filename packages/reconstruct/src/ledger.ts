/** Counts the bytes that caches hold. */
export interface Ledger {
  /** Takes bytes; with a negative number gives them back. */
  hold(bytes: number): void;
  /** What is held now. */
  held(): number;
  /** The most that was ever held. */
  peak(): number;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  let [held, peak] = [0, 0];
  return {
    hold: (bytes) => {
      held += bytes;
      peak = Math.max(peak, held);
    },
    held: () => held,
    peak: () => peak,
  };
}
