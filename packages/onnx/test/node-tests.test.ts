import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createExecutor } from '@subbyte/graph';
import { decodeModel, decodeTensor } from '@subbyte/onnx-proto';
import type { Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { constantOf } from '../src/import/constant.ts';
import { fromOnnx } from '../src/index.ts';

const folder = new URL('../../../../shared/data/onnx-node-tests/', import.meta.url);
const cases = existsSync(folder) ? readdirSync(folder).sort() : [];

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, folder)));
}

/** Tensors `input_0.pb`, `input_1.pb` … of a case. */
function tensors(name: string, role: 'input' | 'output'): Tensor[] {
  const set = `${name}/test_data_set_0`;
  const count = readdirSync(new URL(set, folder)).filter((file) => file.startsWith(role)).length;
  return Array.from(
    { length: count },
    (_, i) => constantOf(decodeTensor(read(`${set}/${role}_${i}.pb`))).value,
  );
}

/** ONNX's own tolerance: relative 1e-3, absolute 1e-7; integers exactly. */
function expectClose(actual: Tensor, expected: Tensor): void {
  expect(actual.dtype).toBe(expected.dtype);
  expect(actual.shape).toEqual(expected.shape);
  const isFloat = expected.dtype.startsWith('float');
  for (let i = 0; i < expected.size; i++) {
    const [a, b] = [Number(actual.data[i]), Number(expected.data[i])];
    const close = Object.is(a, b) || Math.abs(a - b) <= (isFloat ? 1e-7 + 1e-3 * Math.abs(b) : 0);
    if (!close) expect.fail(`element ${i} is ${a}, expected ${b}`);
  }
}

test.skipIf(cases.length === 0)('the official operator tests are all here', () => {
  expect(cases.length).toBe(185);
});

test.each(cases)('%s', (name) => {
  const model = read(`${name}/model.onnx`);
  const names = decodeModel(model).graph?.input?.map((input) => input.name ?? '') ?? [];
  const graph = fromOnnx(model);
  const inputs = Object.fromEntries(
    tensors(name, 'input').map((value, i) => [names[i] ?? '', value]),
  );
  const executor = createExecutor(graph);
  const results = executor.run(inputs);
  const expected = tensors(name, 'output');
  expect(graph.outputs.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expectClose(results[graph.outputs[i]?.name ?? ''] as Tensor, value);
  }
  executor.dispose();
});
