import { readdirSync, readFileSync } from 'node:fs';
import { createExecutor, simplify } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx } from '@subbyte/onnx';
import { decodeModel, decodeTensor, tensorElements } from '@subbyte/onnx-proto';
import { type Tensor, tensor } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isThere, shared } from './helpers/shared.ts';

const place = 'data/onnx-node-tests';
const names = isThere(place) ? readdirSync(shared(place)).sort() : [];
const read = (path: string): Uint8Array => readFileSync(shared(`${place}/${path}`));

beforeAll(async () => setBackend(await wasm()));
afterAll(() => setBackend(undefined));

/** Tensors `input_0.pb`, `input_1.pb`, … of a test. */
function tensors(name: string, role: 'input' | 'output'): Tensor[] {
  const set = `${name}/test_data_set_0`;
  const count = readdirSync(shared(`${place}/${set}`)).filter((file) => file.startsWith(role));
  return count.map((_, i) => {
    const proto = decodeTensor(read(`${set}/${role}_${i}.pb`));
    const { dataType, values } = tensorElements(proto);
    const shape = proto.dims ?? [];
    return dataType === 'bool'
      ? tensor(values as Uint8Array, shape, 'bool')
      : tensor(values, shape);
  });
}

/** ONNX's own tolerance: relative 1e-3, absolute 1e-7; integers exactly. */
function expectClose(actual: Tensor | undefined, expected: Tensor): void {
  expect(actual?.dtype).toBe(expected.dtype);
  expect(actual?.shape).toEqual(expected.shape);
  const isFloat = expected.dtype.startsWith('float');
  const values = actual?.data ?? [];
  for (let i = 0; i < expected.size; i++) {
    const [a, b] = [Number(values[i]), Number(expected.data[i])];
    const close = Object.is(a, b) || Math.abs(a - b) <= (isFloat ? 1e-7 + 1e-3 * Math.abs(b) : 0);
    if (!close) expect.fail(`element ${i} is ${a}, expected ${b}`);
  }
}

test.skipIf(names.length === 0)('the official operator tests lie in ../shared', () => {
  expect(names.length).toBe(185);
});

test.each(names)('%s on WebAssembly, simplified', (name) => {
  const model = read(`${name}/model.onnx`);
  const inputNames = decodeModel(model).graph?.input?.map((input) => input.name ?? '') ?? [];
  const graph = simplify(fromOnnx(model));
  const executor = createExecutor(graph);
  const inputs = tensors(name, 'input').map((value, i) => [inputNames[i] ?? '', value]);
  const results = executor.run(Object.fromEntries(inputs));
  for (const [i, value] of tensors(name, 'output').entries()) {
    expectClose(results[graph.outputs[i]?.name ?? ''], value);
  }
  executor.dispose();
});
