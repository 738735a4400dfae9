import {
  accuracyCounter,
  characterAccuracy,
  ctcGreedyDecode,
  detectionCounter,
  parseKeys,
  textBoxes,
} from '@subbyte/datasets';
import type { Tensor } from '@subbyte/tensor';
import { readBytes } from '../io/files.ts';
import { ocrAssets } from '../io/ocr-assets.ts';
import type { Batch, Source } from '../sources/source.ts';

/** Named shares, percent. */
export type Score = Readonly<Record<string, number>>;

/** Collects how well outputs fit what is known about the samples. */
export interface Scorer {
  add(output: Tensor, batch: Batch): void;
  score(): Score;
}

function classScorer(): Scorer {
  const counter = accuracyCounter([1, 5]);
  return {
    add: (output, { labels = [] }) => counter.add(output, labels),
    score: () => {
      const [top1 = 0, top5 = 0] = counter.result();
      return { top1: top1 * 100, top5: top5 * 100 };
    },
  };
}

async function textScorer(): Promise<Scorer> {
  const keys = parseKeys(new TextDecoder().decode(await readBytes((await ocrAssets()).alphabet)));
  const expected: string[] = [];
  const read: string[] = [];
  return {
    add: (output, { texts = [] }) => {
      expected.push(...texts);
      read.push(...ctcGreedyDecode(output, keys));
    },
    score: () => ({ characters: characterAccuracy(expected, read) * 100 }),
  };
}

function boxScorer(): Scorer {
  const counter = detectionCounter();
  return {
    add: (output, { boxes = [], input }) => {
      const [height, width] = input.shape.slice(-2);
      const found = textBoxes(output, { height, width });
      for (const [i, truth] of boxes.entries()) counter.add(truth, found[i] ?? []);
    },
    score: () => {
      const { f1, precision, recall, overlap } = counter.score();
      return {
        f1: f1 * 100,
        precision: precision * 100,
        recall: recall * 100,
        overlap: overlap * 100,
      };
    },
  };
}

/** A scorer for each kind of truth. */
export const scorers: {
  readonly [Truth in Exclude<Source['truth'], 'none'>]: () => Scorer | Promise<Scorer>;
} = { labels: classScorer, texts: textScorer, boxes: boxScorer };
