import { readFile } from 'node:fs/promises';
import { createCanvas } from '@napi-rs/canvas';
import { ctcGreedyDecode, parseKeys } from '@subbyte/datasets';
import type { ReportSample } from '@subbyte/report';
import type { Tensor } from '@subbyte/tensor';
import { type Batch, ocrAssets, type Session } from 'subbyte';

/** The first line of a batch as a picture for a web page. */
function pictureOf({ input }: Batch): string {
  const [, , height = 0, width = 0] = input.shape;
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const pixels = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const grey = Math.round(((input.data[i] ?? 1) * 0.5 + 0.5) * 255);
    pixels.data.set([grey, grey, grey, 255], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL('image/png');
}

/** Reads lines with a model. */
export async function read(session: Session, batches: readonly Batch[]): Promise<string[]> {
  const keys = parseKeys(await readFile((await ocrAssets()).alphabet, 'utf8'));
  const texts: string[] = [];
  for (const { input } of batches) {
    const outputs = await session.run({ [session.inputNames[0] ?? '']: input });
    const output = outputs[session.outputNames[0] ?? ''] as Tensor;
    texts.push(...ctcGreedyDecode(output, keys));
  }
  return texts;
}

/** Lines side by side with what each model reads in them. */
export function samplesOf(
  batches: readonly Batch[],
  readings: ReadonlyMap<string, readonly string[]>,
): ReportSample[] {
  return batches.map((batch, i) => ({
    picture: pictureOf(batch),
    expected: batch.texts?.[0] ?? '',
    readings: [...readings].map(([model, texts]) => ({ model, text: texts[i] ?? '' })),
  }));
}
