import type { Engine } from './engine.ts';

/** Elements of the smallest piece: whole vectors and cache lines. */
export const piece = 1024;

/** About what one element of an elementwise kernel costs, in multiplications of a matrix product. */
export const elementCost = 4;

/** Splits `size` elements among the threads; `work` gets the offset of its own in bytes, and how many. */
export function splitElements(
  engine: Engine,
  size: number,
  work: (engine: Engine, offset: number, count: number) => void,
): void {
  engine.split(Math.ceil(size / piece), size * elementCost, (part, first, end) => {
    work(part, first * piece * 4, Math.min(end * piece, size) - first * piece);
  });
}
