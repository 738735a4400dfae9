import { isFloatTensor, type Tensor } from '@subbyte/tensor';
import type { Box } from './box.ts';
import { contextOf, type LineCanvas } from './canvas.ts';
import { DatasetError } from './errors.ts';
import { matchBoxes } from './match-boxes.ts';
import type { TextPage } from './render-page.ts';

/** What to draw. */
export interface DrawDetectionOptions<Canvas extends LineCanvas> {
  readonly createCanvas: (width: number, height: number) => Canvas;
  /** Family of the legend. */
  readonly font: string;
  readonly page: TextPage;
  readonly found: readonly Box[];
  /** Probabilities of text, `[height, width]` of any size. */
  readonly map: Tensor;
}

/** Height of the legend, pixels. */
const legendHeight = 28;

/** How boxes are drawn. What went wrong is thicker, so that colours need not be told apart. */
const styles = {
  missed: { colour: '#2b6cff', thickness: 2 },
  right: { colour: '#1a9850', thickness: 1 },
  wrong: { colour: '#d73027', thickness: 2 },
} as const;

type Style = keyof typeof styles;

function groupsOf(truth: readonly Box[], found: readonly Box[]): Record<Style, readonly Box[]> {
  const matches = matchBoxes(truth, found);
  const met = new Set(matches.map((match) => match.truth));
  const right = new Set(matches.map((match) => match.found));
  return {
    missed: truth.filter((_, i) => !met.has(i)),
    right: found.filter((_, i) => right.has(i)),
    wrong: found.filter((_, i) => !right.has(i)),
  };
}

/**
 * Shows what a detector found: the page with right, wrong and missed boxes on the left, the
 * probabilities on the right, a legend below.
 * @throws DatasetError for a map that is not `[height, width]`, and when the canvas cannot draw.
 */
export function drawDetection<Canvas extends LineCanvas>(
  options: DrawDetectionOptions<Canvas>,
): Canvas {
  const { createCanvas, font, page, found, map } = options;
  const { width, height, data } = page.image;
  const [mapHeight = 0, mapWidth = 0, ...rest] = map.shape;
  if (!isFloatTensor(map) || rest.length > 0 || mapHeight * mapWidth === 0) {
    throw new DatasetError(`map ${map.dtype} [${map.shape}]: expected float [height, width]`);
  }
  /** A canvas of pixels whose levels are those of `level`, clamped to 0 … 255. */
  const canvasOf = (w: number, h: number, level: (pixel: number, channel: number) => number) => {
    const canvas = createCanvas(w, h);
    const context = contextOf(canvas);
    const image = context.createImageData(w, h);
    for (let i = 0; i < w * h; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = level(i, c);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return canvas;
  };
  const canvas = createCanvas(2 * width, height + legendHeight);
  const context = contextOf(canvas);
  const shown = canvasOf(width, height, (i, c) => data[3 * i + c] as number);
  const likely = canvasOf(mapWidth, mapHeight, (i) => 255 * (map.data[i] as number));
  context.drawImage(shown, 0, 0, width, height);
  context.drawImage(likely, width, 0, width, height);
  context.fillStyle = '#fff';
  context.fillRect(0, height, 2 * width, legendHeight);
  context.font = `15px "${font}"`;
  context.textBaseline = 'middle';
  let x = 12;
  for (const [name, boxes] of Object.entries(groupsOf(page.boxes, found))) {
    const { colour, thickness } = styles[name as Style];
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    for (const { left, top, right, bottom } of boxes) {
      context.strokeRect(left, top, right - left, bottom - top);
    }
    const text = `${boxes.length} ${name}`;
    context.fillStyle = colour;
    context.fillText(text, x, height + legendHeight / 2);
    x += context.measureText(text).width + 24;
  }
  context.fillStyle = '#444';
  context.fillText('probability of text', width + 12, height + legendHeight / 2);
  return canvas;
}
