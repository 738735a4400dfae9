import { createExecutor, simplify, trace } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { random, randomNormal, type Tensor, toNumbers } from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import { network, trained } from '../../src/short-training.ts';

afterEach(() => setBackend(undefined));

test('a trained network becomes an ONNX model that is read and run, batch norms folded or not', async () => {
  setBackend(await wasm({ threads: 2 }));
  const variables = trained();
  const stream = random(3);
  const apply = (x: Tensor): Tensor => network.apply(variables, x).y;
  const graph = trace(apply, randomNormal([2, 3, 16, 16], stream), {
    names: variables,
    batch: 'N',
  });
  const bytes = toOnnx(graph, { form: 'float' });
  const again = fromOnnx(bytes);
  const images = randomNormal([5, 3, 16, 16], stream);
  const expected = toNumbers(apply(images));
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  for (const candidate of [again, simplify(again)]) {
    const found = createExecutor(candidate).run({ input: images }).output as Tensor;
    expect(found.shape).toEqual([5, 4]);
    for (const [i, value] of toNumbers(found).entries()) {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-4 * largest);
    }
  }
  expect(toOnnx(again, { form: 'float' })).toEqual(bytes);
});
