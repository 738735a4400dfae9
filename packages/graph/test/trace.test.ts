import {
  add,
  averagePool2d,
  batchNorm,
  batchNormTraining,
  cast,
  clip,
  conv2d,
  expand,
  flatten,
  gelu,
  layerNorm,
  matmul,
  mean,
  mul,
  pad,
  relu,
  reshape,
  resize,
  slice,
  softmax,
  stopGradient,
  sum,
  transpose,
  valueAndGrad,
} from '@subbyte/autograd';
import { getBackend, kernels, setBackend } from '@subbyte/kernels';
import {
  random,
  randomNormal,
  randomUniform,
  scope,
  type Tensor,
  type Tree,
  tensor,
  reshape as tensorReshape,
  toNumbers,
  zeros,
} from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import {
  createExecutor,
  differentiable,
  type Graph,
  GraphError,
  simplify,
  trace,
  trainableConstants,
} from '../src/index.ts';
import { countingBackend } from './counting-backend.ts';

afterEach(() => setBackend(undefined));

const stream = random(3);
const normal = (...shape: number[]): Tensor => randomNormal(shape, stream);
const positive = (...shape: number[]): Tensor => randomUniform(shape, stream, 0.5, 2);

type Flat = { readonly [name: string]: Tensor };
const leaf = (tree: Tree, name: string): Tensor => (tree as Flat)[name] as Tensor;

function expectSame(found: Tensor | undefined, expected: Tensor): void {
  expect(found?.shape).toEqual(expected.shape);
  expect(found?.dtype).toBe(expected.dtype);
  expect(found?.data).toEqual(expected.data);
}

const run = (graph: Graph, inputs: Flat): Record<string, Tensor> =>
  createExecutor(graph).run(inputs);

/** A residual network of `2 n + 1` convolutions a stage, with options A at both borders. */
function residualNetwork(blocks: number, width: number) {
  const parameters: { [name: string]: Flat } = {};
  const layer = (name: string, inputs: number, outputs: number): void => {
    parameters[name] = {
      weight: mul(normal(outputs, inputs, 3, 3), Math.sqrt(2 / (9 * inputs))),
      scale: positive(outputs),
      bias: normal(outputs),
      mean: normal(outputs),
      variance: positive(outputs),
    };
  };
  const plan: { name: string; inputs: number; outputs: number }[] = [];
  for (let stage = 0; stage < 3; stage++) {
    for (let block = 0; block < blocks; block++) {
      const outputs = width * 2 ** stage;
      const inputs = stage > 0 && block === 0 ? outputs / 2 : outputs;
      plan.push({ name: `stage${stage}-${block}`, inputs, outputs });
    }
  }
  layer('stem', 3, width);
  for (const { name, inputs, outputs } of plan) {
    layer(`${name}-a`, inputs, outputs);
    layer(`${name}-b`, outputs, outputs);
  }
  parameters.head = { weight: normal(4 * width, 10), bias: normal(10) };

  const apply = (given: Tree, x: Tensor): Tensor => {
    const of = (name: string): Flat => (given as { readonly [key: string]: Flat })[name] as Flat;
    const normalized = (name: string, y: Tensor, strides: number): Tensor => {
      const {
        weight,
        scale,
        bias,
        mean: center,
        variance,
      } = of(name) as Record<string, Tensor> & {
        weight: Tensor;
        scale: Tensor;
        bias: Tensor;
        mean: Tensor;
        variance: Tensor;
      };
      const z = conv2d(y, weight, { strides, padding: 1 });
      return batchNorm(z, scale, bias, center, variance);
    };
    let y = relu(normalized('stem', x, 1));
    for (const { name, inputs, outputs } of plan) {
      const strides = inputs === outputs ? 1 : 2;
      const body = normalized(`${name}-b`, relu(normalized(`${name}-a`, y, strides)), 1);
      const [n, c, h, w] = y.shape as [number, number, number, number];
      const side =
        strides === 1
          ? y
          : pad(
              slice(y, [0, 0, 0, 0], [n, c, h / 2, w / 2], [1, 1, 2, 2]),
              [0, 0, 0, 0],
              [0, c, 0, 0],
            );
      y = relu(add(body, side));
    }
    const { weight, bias } = of('head');
    return add(matmul(mean(y, { axes: [2, 3] }), weight as Tensor), bias as Tensor);
  };
  return { parameters: parameters as Tree, apply };
}

test('a small network becomes a graph that computes the same for every batch size', () => {
  const parameters = {
    conv: { weight: normal(4, 2, 3, 3), bias: normal(4) },
    norm: { scale: positive(4), bias: normal(4), mean: normal(4), variance: positive(4) },
    linear: { weight: normal(16, 5) },
  };
  const fn = (x: Tensor): Tensor => {
    const { conv, norm, linear } = parameters;
    const y = relu(
      batchNorm(
        conv2d(x, conv.weight, conv.bias, { padding: 1 }),
        norm.scale,
        norm.bias,
        norm.mean,
        norm.variance,
      ),
    );
    return mul(matmul(flatten(averagePool2d(y, 2)), linear.weight), 0.5);
  };
  const graph = trace(fn, normal(2, 2, 4, 4), { names: parameters, batch: 'N', name: 'small' });
  expect(graph.name).toBe('small');
  expect(graph.inputs).toEqual([{ name: 'input', dtype: 'float32', shape: ['N', 2, 4, 4] }]);
  expect(graph.outputs).toEqual([{ name: 'output', dtype: 'float32', shape: ['N', 5] }]);
  expect(graph.nodes.map(({ op, name }) => [op, name])).toEqual([
    ['conv2d', 'conv'],
    ['batchNorm', 'norm'],
    ['relu', 'relu'],
    ['averagePool2d', 'averagePool2d'],
    ['reshape', 'reshape'],
    ['matmul', 'linear'],
    ['mul', 'mul'],
  ]);
  expect(trainableConstants(graph)).toEqual([
    'conv.weight',
    'conv.bias',
    'norm.scale',
    'norm.bias',
    'linear.weight',
  ]);
  for (const count of [1, 2, 5]) {
    const x = normal(count, 2, 4, 4);
    expectSame(run(graph, { input: x }).output, fn(x));
  }
  // The constants are copies.
  (parameters.linear.weight.data as Float32Array).fill(0);
  expect(toNumbers(graph.constants.get('linear.weight') as Tensor)).not.toContain(0);
});

test('attention, norms, casts and resizing; inputs and outputs as records', () => {
  const weights = { query: normal(8, 8), key: normal(8, 8), gain: positive(8), shift: normal(8) };
  const fn = ({ x, image }: { x: Tensor; image: Tensor }): Tree => {
    const n = x.shape[0] as number;
    const heads = (y: Tensor): Tensor => transpose(reshape(y, [n, 5, 2, 4]), [0, 2, 1, 3]);
    const h = layerNorm(x, weights.gain, weights.shift);
    const [query, key] = [heads(matmul(h, weights.query)), heads(matmul(h, weights.key))];
    const scores = softmax(mul(matmul(query, key, { transposeB: true }), 0.5));
    const mixed = reshape(transpose(matmul(scores, key), [0, 2, 1, 3]), [n, 5, 8]);
    const token = expand(mean(mixed, { axes: [1], keepAxes: true }), [n, 3, 8]);
    return {
      tokens: gelu(stopGradient(token)),
      maps: [scores, resize(image, [n, 2, 6, 6], { mode: 'linear' })],
      rounded: cast(clip(mixed, -1, 1), 'int32'),
    };
  };
  const inputs = (n: number) => ({ x: normal(n, 5, 8), image: normal(n, 2, 3, 3) });
  const graph = trace(fn, inputs(2), { batch: 'N' });
  expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'image']);
  expect(graph.outputs).toEqual([
    { name: 'tokens', dtype: 'float32', shape: ['N', 3, 8] },
    { name: 'maps.0', dtype: 'float32', shape: ['N', 2, 5, 5] },
    { name: 'maps.1', dtype: 'float32', shape: ['N', 2, 6, 6] },
    { name: 'rounded', dtype: 'int32', shape: ['N', 5, 8] },
  ]);
  for (const count of [1, 3]) {
    const given = inputs(count);
    const expected = fn(given) as { tokens: Tensor; maps: [Tensor, Tensor]; rounded: Tensor };
    for (const candidate of [graph, simplify(graph)]) {
      const found = run(candidate, given);
      expect(found.tokens?.shape).toEqual([count, 3, 8]);
      expectSame(found['maps.1'], expected.maps[1]);
      expectSame(found.rounded, expected.rounded);
    }
    const found = run(graph, given);
    expectSame(found.tokens, expected.tokens);
    expectSame(found['maps.0'], expected.maps[0]);
  }
});

test('a residual network of 20 layers: same outputs, same gradients, back to the same graph', () => {
  const { parameters, apply } = residualNetwork(3, 4);
  const x = normal(2, 3, 8, 8);
  const graph = trace((input: Tensor) => apply(parameters, input), x, {
    names: parameters,
    batch: 'N',
  });
  expect(graph.nodes.filter(({ op }) => op === 'conv2d')).toHaveLength(19);
  const images = normal(3, 3, 8, 8);
  expectSame(run(graph, { input: images }).output, apply(parameters, images));

  const model = differentiable(graph);
  const variables = model.init();
  const weights = normal(3, 10);
  const own = valueAndGrad(({ p, input }: { p: Tree; input: Tensor }) =>
    sum(mul(apply(p, input), weights)),
  )({ p: parameters, input: images });
  const graphs = valueAndGrad(({ p, input }: { p: Tree; input: Tensor }) =>
    sum(mul(leaf(model.apply({ parameters: p, state: {} }, { input }).y, 'output'), weights)),
  )({ p: { ...(variables.parameters as Flat) }, input: images });
  expectSame(graphs.value, own.value);
  expectSame(graphs.gradient.input, own.gradient.input);
  const expected = own.gradient.p as { readonly [layer: string]: Flat };
  const names = Object.keys(variables.parameters);
  expect(names).toHaveLength(19 * 3 + 2);
  for (const name of names) {
    const [layer, part] = name.split('.') as [string, string];
    expectSame(leaf(graphs.gradient.p, name), leaf(expected[layer] as Flat, part));
  }

  // A graph is a function of tensors itself.
  const again = trace(
    (given: Flat) => model.apply(variables, given).y,
    { input: x },
    { batch: 'N' },
  );
  expect(again.nodes.map(({ op }) => op)).toEqual(graph.nodes.map(({ op }) => op));
  expectSame(run(again, { input: images }).output, apply(parameters, images));
});

test('what no output needs is dropped; inputs and repeated values may be outputs', () => {
  const x = normal(2, 3);
  const bias = normal(3);
  const graph = trace((input: Tensor) => {
    mul(input, normal(3));
    const y = relu(input);
    return [y, y, input, bias];
  }, x);
  expect(graph.outputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['output.0', [2, 3]],
    ['output.1', [2, 3]],
    ['output.2', [2, 3]],
    ['output.3', [3]],
  ]);
  expect(graph.constants.size).toBe(1);
  const found = run(graph, { input: x });
  expectSame(found['output.0'], relu(x));
  expectSame(found['output.1'], relu(x));
  expectSame(found['output.2'], x);
  expectSame(found['output.3'], bias);
});

test('train mode and computations that autograd does not see are refused', () => {
  const x = normal(4, 3);
  const [scale, bias] = [positive(3), normal(3)];
  expect(() => trace((y: Tensor) => batchNormTraining(y, scale, bias).result, x)).toThrow(
    new GraphError(
      'trace: batchNormStatistics belongs to training and has no place in a graph; trace in eval mode',
    ),
  );
  expect(() => trace((y: Tensor) => relu(kernels.add([y, bias], {})), x)).toThrow(
    'trace: operand 0 of relu 0 depends on the inputs, but not by functions of @subbyte/autograd',
  );
  expect(() => trace((y: Tensor) => tensorReshape(relu(y), [12]), x)).toThrow(
    'trace: output "" depends on the inputs',
  );
  expect(() => trace(({ a, b }: { a: Tensor; b: Tensor }) => add(a, b), { a: x, b: x })).toThrow(
    'input "b" is another input, too',
  );
  expect(getBackend()).toBeUndefined();
});

test('what depends on the batch size in other ways is refused', () => {
  const x = normal(2, 4);
  const batch = 'N';
  const size = ({ shape }: Tensor): number => shape[0] as number;
  expect(() => trace((y: Tensor) => mul(y, size(y)), x, { batch })).toThrow(
    'a constant of the function depends on the batch size',
  );
  expect(() => trace((y: Tensor) => add(y, zeros([size(y), 1])), x, { batch })).toThrow(
    'a constant of the function depends on the batch size',
  );
  expect(() => trace((y: Tensor) => clip(y, 0, size(y)), x, { batch })).toThrow(
    'options of clip 0 depend on the batch size',
  );
  expect(() => trace((y: Tensor) => slice(y, [0, 0], [size(y) - 1, 4]), x, { batch })).toThrow(
    'options of slice 0 depend on the batch size',
  );
  expect(() => trace((y: Tensor) => (size(y) > 2 ? relu(y) : y), x, { batch })).toThrow(
    'the function computes other things for another batch size',
  );
  expect(() => trace(relu, tensor([1], []), { batch })).toThrow('inputs have batch sizes none');
});

test('a trace leaves nothing behind in the backend', () => {
  const backend = countingBackend(true);
  setBackend(backend);
  scope(() => {
    const x = backend.upload(normal(2, 4));
    const weight = backend.upload(normal(4, 4));
    const before = backend.alive.size;
    const graph = trace((y: Tensor) => relu(matmul(y, weight)), x, { batch: 'N' });
    expect(backend.alive.size).toBe(before);
    expect(getBackend()).toBe(backend);
    expect(graph.nodes).toHaveLength(2);
    return undefined;
  });
});
