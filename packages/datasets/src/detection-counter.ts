import type { Box } from './box.ts';
import { matchBoxes } from './match-boxes.ts';

/** How well boxes were found, each 0 … 1, over all pictures together. */
export interface DetectionScore {
  /** Share of found boxes that are true; 1 when none was found and none was there. */
  readonly precision: number;
  /** Share of true boxes that were found; 1 when there was none and none was found. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Mean intersection over union of the pairs; 0 without any. */
  readonly overlap: number;
}

/** Collects detections picture by picture. */
export interface DetectionCounter {
  /** Counts one picture. */
  add(truth: readonly Box[], found: readonly Box[]): void;
  score(): DetectionScore;
}

const share = (part: number, whole: number, empty: number): number =>
  whole === 0 ? empty : part / whole;

/**
 * Scores a detector: a found box is right when it is paired with a true box of which it covers
 * enough (intersection over union at least `threshold`, 0.5 unless told otherwise), one to one.
 * @see Karatzas et al., ICDAR 2015 Competition on Robust Reading, section V.B (text localization).
 */
export function detectionCounter(threshold = 0.5): DetectionCounter {
  let truths = 0;
  let founds = 0;
  let pairs = 0;
  let overlaps = 0;
  return {
    add: (truth, found) => {
      truths += truth.length;
      founds += found.length;
      for (const { overlap } of matchBoxes(truth, found, threshold)) {
        pairs++;
        overlaps += overlap;
      }
    },
    score: () => {
      const isEmpty = truths + founds === 0;
      return {
        precision: share(pairs, founds, isEmpty ? 1 : 0),
        recall: share(pairs, truths, isEmpty ? 1 : 0),
        f1: share(2 * pairs, truths + founds, 1),
        overlap: share(overlaps, pairs, 0),
      };
    },
  };
}
