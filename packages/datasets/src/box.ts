/** An upright rectangle in pixels; `right` and `bottom` are just outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A box that was found in a picture. */
export interface ScoredBox extends Box {
  /** How sure the finder is, 0 … 1. */
  readonly score: number;
}

/** Area in pixels; 0 for boxes that are inside out. */
export const boxArea = ({ left, top, right, bottom }: Box): number =>
  Math.max(0, right - left) * Math.max(0, bottom - top);

/** Area that two boxes share, divided by the area they cover together: 0 … 1; 0 when both are empty. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const shared = boxArea({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const covered = boxArea(a) + boxArea(b) - shared;
  return covered > 0 ? shared / covered : 0;
}
