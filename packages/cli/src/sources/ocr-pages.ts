import { pageBatches, textPages } from '@subbyte/datasets';
import { UsageError } from '../errors.ts';
import { textCanvas } from '../io/text-canvas.ts';
import { pictureShape } from './picture-shape.ts';
import { cut, type OpenSource, seedOfSplit } from './source.ts';

const defaultSamples = 64;
/** Height and width where the model leaves them open. */
const defaultSize = [480, 640] as const;
/** Detectors halve their input five times. */
const sizeStep = 32;
const smallestSide = 64;
const largestSide = 8192;

/** Made-up pages of text: `[n, 3, height, width]`, scored by the lines found. */
export const openOcrPages: OpenSource = async (_, options) => {
  const { samples = defaultSamples, inputShape, mean, std } = options;
  const [, channels] = inputShape;
  if (inputShape.length !== 4 || (channels !== 3 && typeof channels === 'number')) {
    throw new UsageError(
      `pages of text are [n, 3, height, width]; the model's input is [${inputShape}]`,
    );
  }
  const size =
    options.size ??
    defaultSize.map((side, axis) => {
      const fixed = inputShape[axis + 2];
      return typeof fixed === 'number' ? fixed : side;
    });
  const [height = 0, width = 0] = pictureShape(inputShape, [3, ...size].slice(-3)).slice(1);
  for (const side of [height, width]) {
    if (side % sizeStep === 0 && side >= smallestSide && side <= largestSide) continue;
    throw new UsageError(
      `pages of ${height}x${width}: expected multiples of ${sizeStep}, ${smallestSide} to ${largestSide}, like --size 480x640`,
    );
  }
  const canvas = await textCanvas();
  const { count, batchSize } = cut(samples, options, 1);
  const seed = seedOfSplit(options);
  return {
    count,
    truth: 'boxes',
    batches: () =>
      pageBatches(textPages({ ...canvas, width, height, count, seed }), batchSize, { mean, std }),
  };
};
