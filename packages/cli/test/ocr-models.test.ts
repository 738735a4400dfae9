import { random, randomUniform } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  difference,
  engines,
  evaluate,
  type OcrAssets,
  ocrAssets,
  openModel,
  openSource,
} from '../src/index.ts';

const assets = await ocrAssets();
const stream = random(7);

test.each<[keyof OcrAssets, number[]]>([
  ['recognizer', [1, 3, 48, 320]],
  ['recognizer', [3, 3, 48, 104]],
  ['detector', [1, 3, 160, 224]],
  ['classifier', [2, 3, 48, 192]],
])('the %s of %j agrees with onnxruntime-node', async (name, shape) => {
  const model = await openModel(assets[name]);
  const inputs = { x: randomUniform(shape, stream, -1, 1) };
  const ours = await engines.subbyte.load(model);
  const theirs = await engines['ort-node'].load(model);
  const [actual, expected] = [await ours.run(inputs), await theirs.run(inputs)];
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const key of Object.keys(expected)) {
    expect(actual[key]?.shape).toEqual(expected[key]?.shape);
  }
  expect(difference([expected], [actual]).largest).toBeLessThan(1e-3);
  await ours.dispose();
  await theirs.dispose();
});

test('fp32 reads nearly all characters of made-up lines', async () => {
  const model = await openModel(assets.recognizer);
  const source = await openSource('ocr', {
    samples: 24,
    seed: 5,
    split: 'test',
    inputShape: ['n', 3, 48, 'w'],
  });
  const session = await engines['ort-node'].load(model);
  const { score, samples } = await evaluate(session, source);
  await session.dispose();
  expect(samples).toBe(24);
  expect(score.characters).toBeGreaterThan(95);
});
