import { type Box, intersectionOverUnion } from './box.ts';

/** A true box and the one found for it. */
export interface BoxMatch {
  /** Index among the true boxes. */
  readonly truth: number;
  /** Index among the found boxes. */
  readonly found: number;
  /** Intersection over union of the two. */
  readonly overlap: number;
}

/**
 * Pairs true and found boxes one to one, the best overlaps first, where intersection over union is
 * at least `threshold`. True boxes that do not overlap each other leave no choice above 0.5, so
 * that for them no other pairing finds more.
 */
export function matchBoxes(
  truth: readonly Box[],
  found: readonly Box[],
  threshold = 0.5,
): BoxMatch[] {
  const candidates = truth
    .flatMap((box, i) =>
      found.map((other, j) => ({ truth: i, found: j, overlap: intersectionOverUnion(box, other) })),
    )
    .filter(({ overlap }) => overlap > 0 && overlap >= threshold)
    .sort((a, b) => b.overlap - a.overlap || a.truth - b.truth || a.found - b.found);
  const taken = { truth: new Set<number>(), found: new Set<number>() };
  return candidates.filter((candidate) => {
    if (taken.truth.has(candidate.truth) || taken.found.has(candidate.found)) return false;
    taken.truth.add(candidate.truth);
    taken.found.add(candidate.found);
    return true;
  });
}
