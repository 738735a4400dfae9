import type { Box } from './box.ts';

/** Pixels of a mask that hang together. */
export interface Region extends Box {
  /** Number of pixels. */
  readonly size: number;
}

/**
 * Finds the regions of pixels above `threshold` in `map` `[height, width]`; pixels that touch by a
 * side or a corner belong together. In the order of their first pixels, row by row.
 */
export function connectedRegions(
  map: ArrayLike<number>,
  height: number,
  width: number,
  threshold: number,
): Region[] {
  const isWaiting = Uint8Array.from({ length: height * width }, (_, i) =>
    (map[i] as number) > threshold ? 1 : 0,
  );
  // A pixel is pushed once, so that the stack never outgrows the map.
  const stack = new Uint32Array(height * width);
  const regions: Region[] = [];
  for (let first = 0; first < isWaiting.length; first++) {
    if (!isWaiting[first]) continue;
    let [left, top, right, bottom, size, depth] = [width, height, 0, 0, 0, 0];
    isWaiting[first] = 0;
    stack[depth++] = first;
    while (depth > 0) {
      const pixel = stack[--depth] as number;
      const x = pixel % width;
      const y = (pixel - x) / width;
      size++;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const neighbour = v * width + u;
          if (!isWaiting[neighbour]) continue;
          isWaiting[neighbour] = 0;
          stack[depth++] = neighbour;
        }
      }
    }
    regions.push({ left, top, right, bottom, size });
  }
  return regions;
}
