import { relu, valueAndGrad } from '@subbyte/autograd';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { batchNorm, conv, crossEntropy, globalAveragePool, linear, sequential } from '@subbyte/nn';
import { adam } from '@subbyte/optim';
import { advance, random, randomNormal, type Tree, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';

test('10 000 training steps leave not a byte more than ten', async () => {
  const backend = await wasm();
  setBackend(backend);
  try {
    const model = sequential(
      conv(1, 4, 3, { padding: 1, bias: false }),
      batchNorm(4),
      relu,
      globalAveragePool,
      linear(4, 2),
    );
    const optimizer = adam({ rate: 1e-3 });
    const stream = random(1);
    const { parameters, state } = model.init(stream);
    const images = backend.upload(randomNormal([4, 1, 6, 6], stream));
    const labels = tensor([0, 1, 0, 1], [4], 'int32');
    const losses: number[] = [];
    const bytes: number[] = [];
    let carried = { parameters, state, optimizer: optimizer.init(parameters) };
    for (let step = 0; step < 10_000; step++) {
      carried = advance(carried, (before) => {
        const { value, gradient, aux } = valueAndGrad((p: Tree) => {
          const variables = { parameters: p, state: before.state };
          const { y, state: next } = model.apply(variables, images, { train: true });
          return { value: crossEntropy(y, labels), aux: next };
        })(before.parameters);
        losses.push(toNumbers(value)[0] ?? Number.NaN);
        const [next, after] = optimizer.update(gradient, before.optimizer, before.parameters);
        return { parameters: next, state: aux as Tree, optimizer: after };
      });
      bytes.push(backend.liveBytes());
    }
    expect(bytes[9]).toBeGreaterThan(0);
    expect(bytes.at(-1)).toBe(bytes[9]);
    // It really trained.
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
  } finally {
    setBackend(undefined);
  }
});
