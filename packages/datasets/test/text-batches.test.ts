import { createCanvas } from '@napi-rs/canvas';
import { tensor } from '@subbyte/tensor';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import {
  characterAccuracy,
  ctcGreedyDecode,
  DatasetError,
  parseKeys,
  renderLine,
  textBatches,
  textLines,
} from '../src/index.ts';
import { fonts, ocrAsset } from './helpers/fonts.ts';

test('a line is black on white, in the middle, a multiple of 8 wide', () => {
  const line = { createCanvas, text: 'Price 12', font: 'DejaVuSans', size: 30 };
  const { width, height, channels, data } = renderLine(line);
  expect([width % 8, height, channels, data.length]).toEqual([0, 48, 1, width * 48]);
  const rows = Array.from({ length: 48 }, (_, y) =>
    Math.min(...data.subarray(y * width, (y + 1) * width)),
  );
  const inked = rows.flatMap((darkest, y) => (darkest < 128 ? [y] : []));
  expect(Math.min(...data)).toBeLessThan(30);
  expect(data.filter((pixel) => pixel === 255).length / data.length).toBeGreaterThan(0.6);
  expect(Math.abs((inked[0] ?? 0) + (inked.at(-1) ?? 0) - 47)).toBeLessThan(10);
  expect(renderLine({ ...line, text: 'Price 12 and more' }).width).toBeGreaterThan(width);
  expect(renderLine(line).data).toEqual(data);
});

test('batches gather equal widths and continue in white', () => {
  const options = { createCanvas, fonts, count: 30, seed: 5 };
  const lines = [...textLines(options)];
  const batches = [...textBatches(lines, 8)];
  const seen = batches.flatMap(({ indices }) => [...indices]);
  expect([...seen].sort((a, b) => a - b)).toEqual([...lines.keys()]);
  for (const { input, indices, texts } of batches) {
    const [count = 0, , , width = 0] = input.shape;
    expect(input.shape).toEqual([indices.length, 3, 48, width]);
    expect(width % 8).toBe(0);
    expect(texts).toEqual([...indices].map((index) => lines[index]?.text));
    for (let n = 0; n < count; n++) {
      const image = lines[indices[n] as number]?.image;
      const plane = (c: number) =>
        input.data.subarray((n * 3 + c) * 48 * width, (n * 3 + c + 1) * 48 * width);
      expect(plane(1)).toEqual(plane(0));
      expect(plane(2)).toEqual(plane(0));
      const middle = plane(0).subarray(24 * width, 25 * width);
      const row = image?.data.subarray(24 * image.width, 25 * image.width) ?? [];
      expect([...middle]).toEqual(
        Array.from({ length: width }, (_, x) => Math.fround(((row[x] ?? 255) / 255 - 0.5) / 0.5)),
      );
    }
  }
});

test('one by one lines keep their order', () => {
  const indices = [...textBatches(textLines({ createCanvas, fonts, count: 5, seed: 1 }))].map(
    ({ indices }) => indices[0],
  );
  expect(indices).toEqual([0, 1, 2, 3, 4]);
});

test('what cannot be drawn or gathered is refused', () => {
  expect(() => [...textLines({ createCanvas, fonts: [], count: 1, seed: 1 })]).toThrow(
    DatasetError,
  );
  const blind = {
    createCanvas: () => ({ getContext: () => null }),
    text: 'a',
    font: 'x',
    size: 24,
  };
  expect(() => renderLine(blind)).toThrow(/no 2d context/);
  const image = { width: 8, height: 8, channels: 1 as const, data: new Uint8Array(64) };
  expect(() => [...textBatches([{ text: 'a', image }])]).toThrow(/expected grey, 48 high/);
});

test('a real recogniser reads the lines', { timeout: 60_000 }, async () => {
  const keys = parseKeys(new TextDecoder().decode(ocrAsset('ppocr_keys_v1.txt')));
  expect(keys.length).toBe(6625);
  const session = await InferenceSession.create(ocrAsset('ch_PP-OCRv4_rec_infer.onnx'));
  const expected: string[] = [];
  const read: string[] = [];
  for (const { input, texts } of textBatches(
    textLines({ createCanvas, fonts, count: 40, seed: 2 }),
    4,
  )) {
    const outputs = await session.run({ x: new OrtTensor('float32', input.data, input.shape) });
    const output = outputs[session.outputNames[0] as string];
    expected.push(...texts);
    read.push(...ctcGreedyDecode(tensor(output?.data as Float32Array, output?.dims), keys));
  }
  expect(characterAccuracy(expected, read)).toBeGreaterThan(0.97);
});
