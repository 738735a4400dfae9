import { join } from 'node:path';
import { type Box, matchBoxes, type TextPage, textBoxes } from '@subbyte/datasets';
import type { Tensor } from '@subbyte/tensor';
import { makeFolder, writeAtomically } from '../io/files.ts';
import { textCanvas } from '../io/text-canvas.ts';
import type { Batch } from '../sources/source.ts';

/** Height of the legend, pixels. */
const legendHeight = 28;

/** How boxes are drawn. What went wrong is thicker, so that colours need not be told apart. */
const styles = {
  right: { colour: '#1a9850', thickness: 1 },
  wrong: { colour: '#d73027', thickness: 2 },
  missed: { colour: '#2b6cff', thickness: 2 },
} as const;

type Groups = Readonly<Record<keyof typeof styles, readonly Box[]>>;

function groupsOf(truth: readonly Box[], found: readonly Box[]): Groups {
  const matches = matchBoxes(truth, found);
  const met = new Set(matches.map((match) => match.truth));
  const right = new Set(matches.map((match) => match.found));
  return {
    right: found.filter((_, i) => right.has(i)),
    wrong: found.filter((_, i) => !right.has(i)),
    missed: truth.filter((_, i) => !met.has(i)),
  };
}

/** Opaque pixels as a canvas takes them. */
function pixelsOf(
  count: number,
  level: (pixel: number, channel: number) => number,
): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(4 * count).fill(255);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = level(i, c);
  }
  return pixels;
}

/**
 * Prepares a folder for pictures of what a detector finds: the page with right, wrong and missed boxes
 * on the left, the model's probabilities on the right. The function that comes back writes those of a
 * batch, `page-0001.png` and so on.
 * @throws CliError when the folder cannot be made or written to, or no canvas is installed.
 */
export async function pagePictures(
  folder: string,
): Promise<(output: Tensor, batch: Batch) => Promise<void>> {
  const { createCanvas, fonts } = await textCanvas();
  await makeFolder(folder);

  function canvasOf(pixels: Uint8ClampedArray, width: number) {
    const height = pixels.length / 4 / width;
    const canvas = createCanvas(width, height);
    const context = canvas.getContext('2d');
    const image = context.createImageData(width, height);
    image.data.set(pixels);
    context.putImageData(image, 0, 0);
    return canvas;
  }

  function draw(page: TextPage, found: readonly Box[], map: ArrayLike<number>, mapWidth: number) {
    const { width, height, data } = page.image;
    const canvas = createCanvas(2 * width, height + legendHeight);
    const context = canvas.getContext('2d');
    const shown = canvasOf(
      pixelsOf(width * height, (i, c) => data[3 * i + c] as number),
      width,
    );
    const likely = canvasOf(
      pixelsOf(map.length, (i) => 255 * (map[i] as number)),
      mapWidth,
    );
    context.drawImage(shown, 0, 0);
    context.drawImage(likely, width, 0, width, height);
    context.fillStyle = '#fff';
    context.fillRect(0, height, 2 * width, legendHeight);
    context.font = `15px "${fonts[0]}"`;
    context.textBaseline = 'middle';
    const groups = groupsOf(page.boxes, found);
    let x = 12;
    for (const name of ['missed', 'right', 'wrong'] as const) {
      const { colour, thickness } = styles[name];
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      for (const { left, top, right, bottom } of groups[name]) {
        context.strokeRect(left, top, right - left, bottom - top);
      }
      const text = `${groups[name].length} ${name}`;
      context.fillStyle = colour;
      context.fillText(text, x, height + legendHeight / 2);
      x += context.measureText(text).width + 24;
    }
    context.fillStyle = '#444';
    context.fillText('probability of text', width + 12, height + legendHeight / 2);
    return canvas.encode('png');
  }

  return async (output, { pages = [], indices, input }) => {
    const [height = 0, width = 0] = output.shape.slice(-2);
    const found = textBoxes(output, { height: input.shape[2], width: input.shape[3] });
    for (const [i, page] of pages.entries()) {
      const map = output.data.subarray(i * height * width, (i + 1) * height * width);
      const name = `page-${String((indices[i] ?? 0) + 1).padStart(4, '0')}.png`;
      const png = await draw(page, found[i] ?? [], map as Float32Array, width);
      await writeAtomically(join(folder, name), png);
    }
  };
}
