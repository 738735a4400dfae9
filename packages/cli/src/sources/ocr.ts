import { lineHeight, textBatches, textLines } from '@subbyte/datasets';
import { UsageError } from '../errors.ts';
import { textCanvas } from '../io/text-canvas.ts';
import { cut, type OpenSource, seedOfSplit } from './source.ts';

const defaultSamples = 128;

/** Made-up lines of text, drawn black on white: `[n, 3, 48, width]`, scored by the characters read. */
export const openOcr: OpenSource = async (_, options) => {
  const { samples = defaultSamples, inputShape } = options;
  const [, channels, height] = inputShape;
  if (inputShape.length !== 4 || (channels !== 3 && typeof channels === 'number')) {
    throw new UsageError(
      `lines of text are [n, 3, ${lineHeight}, width]; the model's input is [${inputShape}]`,
    );
  }
  if (typeof height === 'number' && height !== lineHeight) {
    throw new UsageError(
      `lines of text are ${lineHeight} pixels high, the model's input is [${inputShape}]`,
    );
  }
  const canvas = await textCanvas();
  const { count, batchSize } = cut(samples, options, 1);
  const lines = [...textLines({ ...canvas, count, seed: seedOfSplit(options) })];
  return { count, truth: 'texts', batches: () => textBatches(lines, batchSize) };
};
