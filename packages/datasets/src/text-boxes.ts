import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import type { Box, ScoredBox } from './box.ts';
import { connectedRegions } from './connected-regions.ts';
import { DatasetError } from './errors.ts';

/** How boxes are read off a probability map; the defaults are PP-OCR's. */
export interface TextBoxOptions {
  /** Pixels above this probability are text, 0.3. */
  readonly threshold?: number | undefined;
  /** Boxes with a smaller mean probability inside are dropped, 0.6. */
  readonly boxThreshold?: number | undefined;
  /**
   * Detectors learn shrunk boxes, to tell neighbours apart: each side moves out by
   * `area * ratio / perimeter`, 1.5.
   */
  readonly unclipRatio?: number | undefined;
  /** Smallest side of a box before that, pixels of the map, 3. */
  readonly smallestSide?: number | undefined;
  /** Size of the pictures that the maps belong to; that of the maps unless told otherwise. */
  readonly height?: number | undefined;
  readonly width?: number | undefined;
}

/**
 * Reads upright boxes around lines of text off the output of a detector of PP-OCR's kind,
 * probabilities `[N, 1, H, W]`: the boxes of each picture, in its pixels, from top to bottom.
 * @see Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020,
 * "Inference" (threshold, connected regions, offset D' = A' r' / L').
 * @throws DatasetError for another shape, and for values that are not finite.
 */
export function textBoxes(probabilities: Tensor, options: TextBoxOptions = {}): ScoredBox[][] {
  const [count = 0, channels, height = 0, width = 0, ...rest] = probabilities.shape;
  if (!isFloatTensor(probabilities) || channels !== 1 || rest.length > 0 || height * width === 0) {
    throw new DatasetError(
      `detector output ${probabilities.dtype} [${probabilities.shape}]: expected float [N, 1, height, width]`,
    );
  }
  const { data } = probabilities;
  return Array.from({ length: count }, (_, n) => {
    const map = data.subarray(n * height * width, (n + 1) * height * width);
    const broken = map.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0) {
      throw new DatasetError(
        `detector output ${map[broken]} at picture ${n}, row ${Math.floor(broken / width)}, column ${broken % width}: expected a probability`,
      );
    }
    return boxesOf(map, height, width, options);
  });
}

function boxesOf(
  map: ArrayLike<number>,
  height: number,
  width: number,
  options: TextBoxOptions,
): ScoredBox[] {
  const { threshold = 0.3, boxThreshold = 0.6, unclipRatio = 1.5, smallestSide = 3 } = options;
  const across = (options.width ?? width) / width;
  const down = (options.height ?? height) / height;
  const boxes: ScoredBox[] = [];
  for (const region of connectedRegions(map, height, width, threshold)) {
    const sides = [region.right - region.left, region.bottom - region.top] as const;
    if (Math.min(...sides) < smallestSide) continue;
    const score = meanInside(map, width, region);
    if (score < boxThreshold) continue;
    const margin = (sides[0] * sides[1] * unclipRatio) / (2 * (sides[0] + sides[1]));
    boxes.push({
      left: Math.max(0, region.left - margin) * across,
      top: Math.max(0, region.top - margin) * down,
      right: Math.min(width, region.right + margin) * across,
      bottom: Math.min(height, region.bottom + margin) * down,
      score,
    });
  }
  return boxes;
}

function meanInside(map: ArrayLike<number>, width: number, box: Box): number {
  let sum = 0;
  for (let y = box.top; y < box.bottom; y++) {
    for (let x = box.left; x < box.right; x++) sum += map[y * width + x] as number;
  }
  return sum / ((box.right - box.left) * (box.bottom - box.top));
}
