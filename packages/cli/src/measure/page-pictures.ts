import { join } from 'node:path';
import { drawDetection, textBoxes } from '@subbyte/datasets';
import { isFloatTensor, type Tensor, tensor } from '@subbyte/tensor';
import { makeFolder, writeAtomically } from '../io/files.ts';
import { textCanvas } from '../io/text-canvas.ts';
import type { Batch } from '../sources/source.ts';

/**
 * Prepares a folder for pictures of what a detector finds. The function that comes back writes those of
 * a batch, `page-0001.png` and so on.
 * @throws CliError when the folder cannot be made or written to, or no canvas is installed.
 */
export async function pagePictures(
  folder: string,
): Promise<(output: Tensor, batch: Batch) => Promise<void>> {
  const { createCanvas, fonts } = await textCanvas();
  const [font = ''] = fonts;
  await makeFolder(folder);
  return async (output, { pages = [], indices, input }) => {
    const found = textBoxes(output, { height: input.shape[2], width: input.shape[3] });
    if (!isFloatTensor(output)) return;
    const [height = 0, width = 0] = output.shape.slice(-2);
    for (const [i, page] of pages.entries()) {
      const values = output.data.subarray(i * height * width, (i + 1) * height * width);
      const map = tensor(Float32Array.from(values), [height, width]);
      const canvas = drawDetection({ createCanvas, font, page, found: found[i] ?? [], map });
      const name = `page-${String((indices[i] ?? 0) + 1).padStart(4, '0')}.png`;
      await writeAtomically(join(folder, name), await canvas.encode('png'));
    }
  };
}
