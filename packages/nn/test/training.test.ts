import { flatten, relu, tanh } from '@subbyte/autograd';
import { flattenTree, random, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  averagePool,
  batchNorm,
  checkpointed,
  conv,
  crossEntropy,
  linear,
  type Module,
  resnet,
  sequential,
  type Variables,
} from '../src/index.ts';
import { descend } from './helpers.ts';

function classes(module: Module, variables: Variables, x: Tensor): number[] {
  const { y } = module.apply(variables, x);
  const [batch = 0, count = 0] = y.shape;
  const values = toNumbers(y);
  return Array.from({ length: batch }, (_, i) => {
    const row = values.slice(i * count, (i + 1) * count);
    return row.indexOf(Math.max(...row));
  });
}

test('a net of two layers learns XOR', () => {
  const module = sequential(linear(2, 8), tanh, linear(8, 2));
  const x = tensor([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
  const labels = [0, 1, 1, 0];
  const { variables, losses } = descend(
    module,
    module.init(random(1)),
    (y) => crossEntropy(y, tensor(labels, [4], 'int32')),
    x,
    0.5,
    200,
  );
  expect(losses.at(-1)).toBeLessThan(0.05);
  expect(classes(module, variables, x)).toEqual(labels);
});

/** Stripes along one axis or the other, with noise. */
function stripes(count: number, seed: number): { x: Tensor; labels: number[] } {
  const stream = random(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 2);
  const values = labels.flatMap((label) => {
    const shift = stream.integer(2);
    return Array.from({ length: 36 }, (_, i) => {
      const place = label === 0 ? i % 6 : Math.floor(i / 6);
      return ((place + shift) % 2) + 0.3 * stream.normal();
    });
  });
  return { x: tensor(values, [count, 1, 6, 6]), labels };
}

test('a convolutional net with batch norm tells stripes it has never seen', () => {
  const module = sequential(
    conv(1, 4, 3, { bias: false }),
    batchNorm(4, { momentum: 0.3 }),
    relu,
    averagePool(4),
    flatten,
    linear(4, 2),
  );
  const { x, labels } = stripes(16, 1);
  const { variables, losses } = descend(
    module,
    module.init(random(4)),
    (y) => crossEntropy(y, tensor(labels, [16], 'int32')),
    x,
    0.3,
    60,
  );
  expect(losses.at(-1)).toBeLessThan(0.2);
  const unseen = stripes(20, 2);
  expect(classes(module, variables, unseen.x)).toEqual(unseen.labels);
});

test('a residual network fits a few images', () => {
  const module = resnet({ depth: 8, classes: 2, width: 4, channels: 1 });
  const { x, labels } = stripes(6, 3);
  const { losses } = descend(
    module,
    module.init(random(2)),
    (y) => crossEntropy(y, tensor(labels, [6], 'int32')),
    x,
    0.1,
    15,
  );
  expect(losses.at(-1)).toBeLessThan(0.3 * (losses[0] as number));
});

test('a checkpointed network trains to the same bytes, running statistics too', () => {
  const module = resnet({ depth: 8, classes: 2, width: 2, channels: 1 });
  const { x, labels } = stripes(4, 5);
  const end = (wrapped: Module): unknown[] => {
    const { parameters, state } = descend(
      wrapped,
      module.init(random(3)),
      (y) => crossEntropy(y, tensor(labels, [4], 'int32')),
      x,
      0.1,
      3,
    ).variables;
    return flattenTree([parameters, state]).map(([path, leaf]) => [path, toNumbers(leaf)]);
  };
  expect(end(checkpointed(module))).toEqual(end(module));
});
