import { createCanvas } from '@napi-rs/canvas';
import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type Box, DatasetError, drawDetection, type TextPage } from '../src/index.ts';
import { fonts } from './helpers/fonts.ts';

const [width, height] = [160, 96];
const box = (left: number, top: number): Box => ({ left, top, right: left + 40, bottom: top + 12 });
const [met, missed, wrong] = [box(10, 10), box(10, 40), box(100, 70)];
const page: TextPage = {
  image: { width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(200) },
  boxes: [met, missed],
  texts: ['met', 'missed'],
};
const half = tensor(
  Float32Array.from({ length: 48 * 80 }, (_, i) => (i % 80 < 40 ? 1 : 0)),
  [48, 80],
);
const draw = (map = half) =>
  drawDetection({
    createCanvas: (w, h) => createCanvas(w, h),
    font: fonts[0] ?? '',
    page,
    found: [met, wrong],
    map,
  });

test('boxes are right, wrong and missed in three colours, beside the probabilities', () => {
  const canvas = draw();
  expect([canvas.width, canvas.height]).toEqual([2 * width, height + 28]);
  const at = (x: number, y: number): number[] => [
    ...canvas.getContext('2d').getImageData(x, y, 1, 1).data.subarray(0, 3),
  ];
  const strongest = (x: number, y: number): number => at(x, y).indexOf(Math.max(...at(x, y)));
  // The middle of each box's upper edge.
  expect(strongest(30, 10)).toBe(1);
  expect(strongest(30, 40)).toBe(2);
  expect(strongest(120, 70)).toBe(0);
  expect(at(80, 30)).toEqual([200, 200, 200]);
  expect(at(width + 30, 50)).toEqual([255, 255, 255]);
  expect(at(width + 130, 50)).toEqual([0, 0, 0]);
  const legend = canvas.getContext('2d').getImageData(0, height, width, 28).data;
  expect(legend.some((level, i) => i % 4 < 3 && level < 128)).toBe(true);
});

test('a map that is none is refused', () => {
  expect(() => draw(tensor(new Float32Array(64), [1, 8, 8]))).toThrow(DatasetError);
  expect(() => draw(tensor(new Float32Array(0), [0, 8]))).toThrow(/expected float/);
});
