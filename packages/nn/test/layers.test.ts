import { flatten, leakyRelu, matmul, relu, tanh } from '@subbyte/autograd';
import { flattenTree, random, type Tensor, type Tree, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import {
  averagePool,
  batchNorm,
  conv,
  convTranspose,
  defineModule,
  globalAveragePool,
  instanceNorm,
  layerNorm,
  linear,
  type Module,
  maxPool,
  NnError,
  residual,
  resnet,
  selfAttention,
  sequential,
  spectralNorm,
} from '../src/index.ts';
import { checkModule, noise, toDouble } from './helpers.ts';

const image = [2, 4, 6, 6];

// The rule takes the singular vectors as given, which is the whole gradient once they are right.
const exact = { iterations: 300 };

const modules: Readonly<Record<string, readonly [Module, readonly number[]]>> = {
  conv: [conv(4, 6, 3, { padding: 1, strides: 2 }), image],
  depthwise: [conv(4, 4, [3, 1], { groups: 4, bias: false }), image],
  convTranspose: [convTranspose(4, 3, 4, { strides: 2, padding: 1 }), image],
  linear: [linear(5, 3), [2, 4, 5]],
  batchNorm: [batchNorm(4), image],
  instanceNorm: [instanceNorm(4), image],
  layerNorm: [layerNorm(6), image],
  'layerNorm of two axes': [layerNorm([6, 6]), image],
  spectralNorm: [spectralNorm(conv(4, 5, 3), exact), image],
  'spectralNorm of a transposed convolution': [
    spectralNorm(convTranspose(4, 3, 3), { axis: 1, ...exact }),
    image,
  ],
  selfAttention: [selfAttention(4), image],
  pooling: [
    sequential(maxPool(2), tanh, averagePool(2, { strides: 1 }), globalAveragePool, linear(4, 2)),
    image,
  ],
  residual: [residual(sequential(conv(4, 4, 3, { padding: 1 }), relu)), image],
  'a generator': [
    sequential(
      convTranspose(4, 3, 3, { bias: false }),
      instanceNorm(3),
      (x) => leakyRelu(x, 0.2),
      conv(3, 2, 3),
      tanh,
    ),
    image,
  ],
  resnet: [resnet({ depth: 8, classes: 3, width: 2 }), [2, 3, 8, 8]],
  'resnet with projections': [
    resnet({ depth: 8, classes: 3, width: 2, shortcut: 'projection' }),
    [2, 3, 8, 8],
  ],
};

for (const [name, [module, shape]] of Object.entries(modules)) {
  test(`${name}: gradients agree with central differences, in train and in eval mode`, () => {
    checkModule(module, shape, true);
    checkModule(module, shape, false);
  });
}

test('same seed, same parameters', () => {
  const bytes = (): number[] =>
    flattenTree(resnet({ depth: 8, classes: 10 }).init(random(5)).parameters).flatMap(([, leaf]) =>
      toNumbers(leaf),
    );
  expect(bytes()).toEqual(bytes());
});

test('resnet-20 has the parameters of the paper, and two projections if asked for', () => {
  const count = (module: Module): number =>
    flattenTree(module.init(random(1)).parameters).reduce((sum, [, leaf]) => sum + leaf.size, 0);
  const plain = count(resnet({ depth: 20, classes: 10 }));
  // Convolutions 3-16, six of 16, 16-32, five of 32, 32-64, five of 64; norms; the classifier.
  const convolutions = 9 * (3 * 16 + 6 * 256 + 16 * 32 + 5 * 1024 + 32 * 64 + 5 * 4096);
  const norms = 2 * (7 * 16 + 6 * 32 + 6 * 64);
  expect(plain).toBe(convolutions + norms + 650);
  expect(Math.round(plain / 1e4)).toBe(27);
  const projected = count(resnet({ depth: 20, classes: 10, shortcut: 'projection' }));
  expect(projected - plain).toBe(16 * 32 + 64 + 32 * 64 + 128);
  expect(() => resnet({ depth: 21, classes: 10 })).toThrow(NnError);
});

test('batch norm: the batch in train mode, running statistics in eval mode', () => {
  const module = batchNorm(1, { momentum: 0.25, epsilon: 1e-12 });
  const { parameters, state } = toDouble(module.init(random(1))) as {
    parameters: Tree;
    state: { mean: Tensor; variance: Tensor };
  };
  const x = tensor([1, 2, 3, 6], [4, 1], 'float64');
  const trained = module.apply({ parameters, state }, x, { train: true });
  const deviation = Math.sqrt(3.5);
  for (const [i, y] of toNumbers(trained.y).entries()) {
    expect(y).toBeCloseTo((([1, 2, 3, 6][i] as number) - 3) / deviation, 10);
  }
  const next = trained.state as typeof state;
  expect(toNumbers(next.mean)).toEqual([0.75]);
  expect(toNumbers(next.variance)[0]).toBeCloseTo(0.75 + (0.25 * 14) / 3, 12);
  const evaluated = module.apply({ parameters, state: next }, x);
  expect(evaluated.state).toBe(next);
  expect(toNumbers(evaluated.y)[0]).toBeCloseTo(0.25 / Math.sqrt(0.75 + 3.5 / 3), 10);
});

test('spectral norm brings the largest singular value to 1', () => {
  const module = spectralNorm(linear(4, 4, { bias: false }), { iterations: 3 });
  const { parameters, state: start } = module.init(random(2));
  let state = start;
  const x = tensor(
    Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
    [4, 4],
  );
  let y = x as Tensor;
  for (let i = 0; i < 60; i++)
    ({ y, state } = module.apply({ parameters, state }, x, { train: true }));
  // y is the transposed weight; its largest singular value by power iteration.
  let v = tensor([1, 0.3, -0.2, 0.5], [4, 1]) as Tensor;
  let size = 0;
  for (let i = 0; i < 200; i++) {
    const next = matmul(y, matmul(y, v), { transposeA: true });
    size = Math.hypot(...toNumbers(next));
    v = tensor(
      toNumbers(next).map((value) => value / size),
      [4, 1],
    );
  }
  expect(Math.sqrt(size)).toBeCloseTo(1, 4);
  expect(module.apply({ parameters, state }, x).state).toBe(state);
});

test('self-attention starts as the identity', () => {
  const module = selfAttention(8);
  const x = tensor(
    Float32Array.from({ length: 8 * 12 }, (_, i) => Math.sin(i)),
    [1, 8, 3, 4],
  );
  expect(toNumbers(module.apply(module.init(random(1)), x).y)).toEqual(toNumbers(x));
});

test('modules by hand share layers and thread their state', () => {
  const module = defineModule(
    { norm: batchNorm(2), mix: linear(2, 2), flatten },
    (use, x: Tensor) => use.flatten(use.norm(use.mix(use.norm(x)))),
  );
  const variables = module.init(random(1));
  expect(flattenTree(variables.parameters).map(([path]) => path)).toEqual([
    'norm.scale',
    'norm.bias',
    'mix.weight',
    'mix.bias',
  ]);
  const x = tensor([5, 1, 7, 3], [2, 2]);
  const { state } = module.apply(variables, x, { train: true });
  const mean = toNumbers((state as { norm: { mean: Tensor } }).norm.mean);
  // Two uses: the first saw [6, 2], the second something near 0.
  expect(mean[0]).toBeCloseTo(0.9 * 0.6, 1);
  expect(module.apply(variables, x).state).toBe(variables.state);
});

test('variables of another module are refused by name', () => {
  const module = sequential(conv(3, 4, 3), batchNorm(4));
  const variables = module.init(random(1));
  const x = noise([1, 3, 4, 4], random(1));
  const broken = { ...variables, parameters: { '0': { bias: tensor([1]) }, '1': {} } };
  expect(() => module.apply(broken, x)).toThrow('conv has no "weight": found { bias }');
  expect(() => module.apply({ ...variables, state: {} }, x)).toThrow('state has no "0"');
  expect(() => conv(3, 4, 3, { groups: 2 })).toThrow(
    '3 input channels do not divide into 2 groups',
  );
});
