import { join } from 'node:path';
import { type Box, matchBoxes, type TextPage, textBoxes } from '@subbyte/datasets';
import type { Tensor } from '@subbyte/tensor';
import { makeFolder, writeAtomically } from '../io/files.ts';
import { loadPeer } from '../io/peer.ts';
import { textCanvas } from '../io/text-canvas.ts';
import type { Batch } from '../sources/source.ts';

/** Height of the legend, pixels. */
const strip = 28;
/** Told apart with red-green blindness too: the last two are drawn twice as thick. */
const colours = { right: '#1a9850', wrong: '#d73027', missed: '#2b6cff' } as const;

/** Pixels of a page, and of its probabilities, as a canvas takes them. */
function pixelsOf(count: number, colour: (i: number, channel: number) => number) {
  const pixels = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = colour(i, c);
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/**
 * Prepares a folder for pictures of what a detector finds: the page with right, wrong and missed boxes
 * on the left, the model's probabilities on the right. The function that comes back draws a batch.
 * @throws CliError when the folder cannot be made, or no canvas is installed.
 */
export async function pagePictures(
  folder: string,
): Promise<(output: Tensor, batch: Batch) => Promise<void>> {
  const { createCanvas, fonts } = await textCanvas();
  const { ImageData } = await loadPeer(
    '@napi-rs/canvas',
    'drawing',
    () => import('@napi-rs/canvas'),
  );
  await makeFolder(folder);

  function draw(page: TextPage, found: readonly Box[], map: ArrayLike<number>, mapWidth: number) {
    const { width, height, data } = page.image;
    const canvas = createCanvas(2 * width, height + strip);
    const context = canvas.getContext('2d');
    const place = (pixels: Uint8ClampedArray, across: number, left: number): void => {
      const down = pixels.length / 4 / across;
      const source = createCanvas(across, down);
      source.getContext('2d').putImageData(new ImageData(pixels, across, down), 0, 0);
      context.drawImage(source, left, 0, width, height);
    };
    place(
      pixelsOf(width * height, (i, c) => data[3 * i + c] as number),
      width,
      0,
    );
    place(
      pixelsOf(map.length, (i) => 255 * (map[i] as number)),
      mapWidth,
      width,
    );

    const matches = matchBoxes(page.boxes, found);
    const isFound = new Set(matches.map(({ truth }) => truth));
    const isRight = new Set(matches.map((match) => match.found));
    const outline = (colour: string, thickness: number, boxes: readonly Box[]): void => {
      context.strokeStyle = colour;
      context.lineWidth = thickness;
      for (const { left, top, right, bottom } of boxes) {
        context.strokeRect(left, top, right - left, bottom - top);
      }
    };
    const groups = {
      right: found.filter((_, i) => isRight.has(i)),
      wrong: found.filter((_, i) => !isRight.has(i)),
      missed: page.boxes.filter((_, i) => !isFound.has(i)),
    };
    outline(colours.missed, 2, groups.missed);
    outline(colours.right, 1, groups.right);
    outline(colours.wrong, 2, groups.wrong);

    context.fillStyle = '#fff';
    context.fillRect(0, height, 2 * width, strip);
    context.font = `15px "${fonts[0]}"`;
    context.textBaseline = 'middle';
    let left = 12;
    for (const [name, boxes] of Object.entries(groups)) {
      const text = `${boxes.length} ${name}`;
      context.fillStyle = colours[name as keyof typeof colours];
      context.fillText(text, left, height + strip / 2);
      left += context.measureText(text).width + 24;
    }
    context.fillStyle = '#444';
    context.fillText('probability of text', width + 12, height + strip / 2);
    return canvas.encode('png');
  }

  return async (output, { pages = [], indices, input }) => {
    const [height = 0, width = 0] = output.shape.slice(-2);
    const found = textBoxes(output, { height: input.shape[2], width: input.shape[3] });
    for (const [i, page] of pages.entries()) {
      const map = output.data.subarray(i * height * width, (i + 1) * height * width);
      const name = `page-${String((indices[i] ?? 0) + 1).padStart(4, '0')}.png`;
      await writeAtomically(
        join(folder, name),
        await draw(page, found[i] ?? [], map as Float32Array, width),
      );
    }
  };
}
