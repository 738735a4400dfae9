import { createCanvas } from '@napi-rs/canvas';
import { random, tensor } from '@subbyte/tensor';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import {
  type Box,
  DatasetError,
  detectionCounter,
  intersectionOverUnion,
  pageBatches,
  renderPage,
  textBoxes,
  textPages,
} from '../src/index.ts';
import { pageLayout } from '../src/page-layout.ts';
import { fonts, ocrAsset } from './helpers/fonts.ts';

const options = { createCanvas, fonts, width: 480, height: 320, seed: 3 };

test('layouts vary with the seed, and lines stay apart and inside', () => {
  const measure = (text: string, _: string, size: number): number => text.length * size * 0.6;
  const layouts = Array.from({ length: 200 }, (_, seed) =>
    pageLayout(random(seed), { width: 640, height: 480, fonts, measure }),
  );
  expect(layouts[7]).toEqual(pageLayout(random(7), { width: 640, height: 480, fonts, measure }));
  expect(layouts[8]).not.toEqual(layouts[7]);
  const isDouble = layouts.filter(({ lines }) => lines.some(({ x }) => x > 256));
  expect(isDouble.length).toBeGreaterThan(60);
  expect(
    new Set(layouts.flatMap(({ lines }) => lines.map(({ size }) => size))).size,
  ).toBeGreaterThan(15);
  for (const { lines } of layouts) {
    expect(lines.length).toBeGreaterThan(3);
    const boxes = lines.map(({ text, size, x, y }): Box => {
      // From the top of capitals to the bottom of descenders.
      return {
        left: x,
        top: y - 0.8 * size,
        right: x + text.length * size * 0.6,
        bottom: y + 0.2 * size,
      };
    });
    for (const [i, box] of boxes.entries()) {
      expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(640);
      expect(box.bottom).toBeLessThanOrEqual(480);
      for (const other of boxes.slice(i + 1)) expect(intersectionOverUnion(box, other)).toBe(0);
    }
  }
});

test('the boxes hold the ink of their lines, and nothing but rules is outside', () => {
  const { width, height } = options;
  for (const { image, boxes, texts } of textPages({ ...options, count: 6 })) {
    expect([image.width, image.height, image.channels]).toEqual([width, height, 3]);
    expect(boxes.length).toBe(texts.length);
    const green = (x: number, y: number): number => image.data[3 * (y * width + x) + 1] as number;
    const paper = green(width - 2, height - 2);
    const isInk = (x: number, y: number): boolean => green(x, y) < paper - 60;
    const inside = ({ left, top, right, bottom }: Box, x: number, y: number): boolean =>
      x >= left - 1 && x <= right && y >= top - 1 && y <= bottom;
    for (const { left, top, right, bottom } of boxes) {
      const columns = Array.from({ length: right - left }, (_, x) =>
        Array.from({ length: bottom - top }, (_, y) => isInk(left + x, top + y)).some(Boolean),
      );
      expect(columns.indexOf(true)).toBeLessThan(4);
      expect(columns.lastIndexOf(true)).toBeGreaterThan(columns.length - 5);
    }
    const strayRows = new Set<number>();
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        if (isInk(x, y) && !boxes.some((box) => inside(box, x, y))) strayRows.add(y);
      }
    }
    // A rule is two rows high; the tops of letters like "f" may reach a row further than "H".
    expect(strayRows.size).toBeLessThan(16);
  }
});

test('same seed, same pages; each page from its own stream', () => {
  const some = [...textPages({ ...options, count: 3 })];
  expect([...textPages({ ...options, count: 3 })]).toEqual(some);
  expect([...textPages({ ...options, count: 2 })]).toEqual(some.slice(0, 2));
  expect([...textPages({ ...options, seed: 4, count: 3 })]).not.toEqual(some);
});

test('batches are blue, green, red with the means of red, green, blue, unless told otherwise', () => {
  const pages = [...textPages({ ...options, count: 5 })];
  const batches = [...pageBatches(pages, 2)];
  expect(batches.map(({ input }) => input.shape[0])).toEqual([2, 2, 1]);
  expect(batches.flatMap(({ indices }) => [...indices])).toEqual([0, 1, 2, 3, 4]);
  const { input, boxes, pages: shown } = batches[1] as (typeof batches)[number];
  expect(input.shape).toEqual([2, 3, 320, 480]);
  expect(shown).toEqual(pages.slice(2, 4));
  expect(boxes).toEqual(pages.slice(2, 4).map((page) => page.boxes));
  const [plane, place] = [320 * 480, 1234];
  const pixel = pages[3]?.image.data.subarray(3 * place, 3 * place + 3) as Uint8Array;
  const planes = [0, 1, 2].map((c) => input.data[(3 + c) * plane + place]);
  const [red = 0, green = 0, blue = 0] = pixel;
  expect(planes[0]).toBeCloseTo((blue / 255 - 0.485) / 0.229, 5);
  expect(planes[1]).toBeCloseTo((green / 255 - 0.456) / 0.224, 5);
  expect(planes[2]).toBeCloseTo((red / 255 - 0.406) / 0.225, 5);
  const [plain] = pageBatches(pages, 1, { mean: [0], std: [1], order: 'rgb' });
  expect(plain?.input.data[place]).toBeCloseTo((pages[0]?.image.data[3 * place] ?? 0) / 255, 6);
});

test('what cannot be drawn or gathered is refused', () => {
  expect(() => renderPage({ ...options, fonts: [] })).toThrow(/no fonts/);
  expect(() => renderPage({ ...options, width: 63 })).toThrow(DatasetError);
  expect(() => renderPage({ ...options, height: 100.5 })).toThrow(DatasetError);
  expect(() => renderPage({ ...options, width: 65_536 })).toThrow(/64 to 8192/);
  const small = renderPage({ ...options, width: 64, height: 64 });
  expect(() => [...pageBatches([small, renderPage(options)], 2)]).toThrow(/expected equal sizes/);
  expect(() => [...pageBatches([small], 0)]).toThrow(/batch size 0/);
  expect([...pageBatches([], 2)]).toEqual([]);
});

test('a real detector finds the lines', { timeout: 120_000 }, async () => {
  const session = await InferenceSession.create(ocrAsset('ch_PP-OCRv4_det_infer.onnx'), {
    intraOpNumThreads: 1,
  });
  const counter = detectionCounter();
  for (const { input, boxes } of pageBatches(textPages({ ...options, count: 6 }), 3)) {
    const outputs = await session.run({ x: new OrtTensor('float32', input.data, input.shape) });
    const output = outputs[session.outputNames[0] as string];
    const found = textBoxes(tensor(output?.data as Float32Array, output?.dims));
    for (const [i, truth] of boxes.entries()) counter.add(truth, found[i] ?? []);
  }
  const { f1, overlap } = counter.score();
  expect(f1).toBeGreaterThan(0.97);
  expect(overlap).toBeGreaterThan(0.6);
});
