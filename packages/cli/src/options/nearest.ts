import { distance } from 'fastest-levenshtein';

/** `; did you mean "x"?` for the candidate closest to `word`, or nothing when none is close. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const ranked = candidates
    .map((candidate) => ({ candidate, cost: distance(word, candidate) }))
    .sort((a, b) => a.cost - b.cost);
  const best = ranked[0];
  const isClose = best !== undefined && best.cost <= Math.max(2, Math.floor(word.length / 3));
  return isClose ? `; did you mean "${best.candidate}"?` : '';
}
