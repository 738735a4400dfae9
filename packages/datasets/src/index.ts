export { type AccuracyCounter, accuracy, accuracyCounter } from './accuracy.ts';
export { type Augmentation, randomCrop, randomFlip } from './augment.ts';
export { type BatchOptions, batches, inputsOf } from './batches.ts';
export { type Box, boxArea, intersectionOverUnion, type ScoredBox } from './box.ts';
export type { CreateCanvas, LineCanvas } from './canvas.ts';
export { characterAccuracy, editDistance } from './character-accuracy.ts';
export { cifar10, cifar10Classes } from './cifar10.ts';
export { connectedRegions, type Region } from './connected-regions.ts';
export { ctcGreedyDecode, parseKeys } from './ctc.ts';
export {
  type DetectionCounter,
  type DetectionScore,
  detectionCounter,
} from './detection-counter.ts';
export { type DrawDetectionOptions, drawDetection } from './draw-detection.ts';
export { DatasetError } from './errors.ts';
export { imageFolder, isImagePath } from './image-folder.ts';
export { type BoxMatch, matchBoxes } from './match-boxes.ts';
export { mirrored } from './mirrored.ts';
export { mnist } from './mnist.ts';
export type { Normalization } from './normalize.ts';
export { readNpy, writeNpy } from './npy.ts';
export { type PageBatch, pageBatches, type TextPagesOptions, textPages } from './page-batches.ts';
export { prefetch } from './prefetch.ts';
export { randomBatches } from './random-batches.ts';
export { lineHeight, type RenderLineOptions, renderLine } from './render-line.ts';
export { type RenderPageOptions, renderPage, type TextPage } from './render-page.ts';
export { centerCrop, cover, type ResizeMethod, resize } from './resize.ts';
export { subset } from './subset.ts';
export { tensorBatches } from './tensor-batches.ts';
export {
  type TextBatch,
  type TextLine,
  type TextLinesOptions,
  textBatches,
  textLines,
} from './text-batches.ts';
export { type TextBoxOptions, textBoxes } from './text-boxes.ts';
export { textLine } from './text-lines.ts';
export {
  batchesPerEpoch,
  type TrainingBatchOptions,
  trainingBatches,
} from './training-batches.ts';
export type { Batch, Dataset, Image } from './types.ts';
