import { expect, test } from 'vitest';
import { type Box, detectionCounter, matchBoxes } from '../src/index.ts';

const box = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});
const [a, b, c] = [box(0, 0, 10, 10), box(20, 0, 10, 10), box(40, 0, 10, 10)];

test('boxes are paired one to one, the best overlaps first', () => {
  const near = box(1, 0, 10, 10);
  expect(matchBoxes([a, b], [near, a, b])).toEqual([
    { truth: 0, found: 1, overlap: 1 },
    { truth: 1, found: 2, overlap: 1 },
  ]);
  expect(matchBoxes([a], [near])).toEqual([{ truth: 0, found: 0, overlap: 90 / 110 }]);
});

test('an overlap at the threshold is enough, one below is not', () => {
  const half = box(0, 0, 10, 5);
  expect(matchBoxes([a], [half], 0.5)).toHaveLength(1);
  expect(matchBoxes([a], [box(0, 0, 10, 4.9)], 0.5)).toHaveLength(0);
  expect(matchBoxes([a], [b], 0)).toHaveLength(0);
});

test('precision, recall and F1 count over all pictures', () => {
  const counter = detectionCounter();
  counter.add([a, b, c], [a, box(0, 50, 10, 10)]);
  counter.add([a], [a, box(1, 0, 10, 10)]);
  const { precision, recall, f1, overlap } = counter.score();
  expect(precision).toBe(2 / 4);
  expect(recall).toBe(2 / 4);
  expect(f1).toBe(0.5);
  expect(overlap).toBe(1);
  counter.add([b, c], []);
  expect(counter.score()).toEqual({ precision: 0.5, recall: 2 / 6, f1: 4 / 10, overlap: 1 });
});

test('two halves of a line, or one box around two lines, are wrong', () => {
  const halves = detectionCounter();
  halves.add([box(0, 0, 100, 10)], [box(0, 0, 48, 10), box(52, 0, 48, 10)]);
  expect(halves.score()).toEqual({ precision: 0, recall: 0, f1: 0, overlap: 0 });
  const merged = detectionCounter();
  merged.add([box(0, 0, 100, 10), box(0, 15, 100, 10)], [box(0, 0, 100, 25)]);
  expect(merged.score().f1).toBe(0);
});

test('nothing found where nothing is is perfect, everything else is not', () => {
  expect(detectionCounter().score()).toEqual({ precision: 1, recall: 1, f1: 1, overlap: 0 });
  const blind = detectionCounter();
  blind.add([a], []);
  expect(blind.score()).toEqual({ precision: 0, recall: 0, f1: 0, overlap: 0 });
  const dreaming = detectionCounter();
  dreaming.add([], [a]);
  expect(dreaming.score()).toEqual({ precision: 0, recall: 0, f1: 0, overlap: 0 });
});
