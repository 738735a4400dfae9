import { readFile } from 'node:fs/promises';
import { mul, record, sum, valueAndGrad } from '@subbyte/autograd';
import {
  createExecutor,
  differentiable,
  type Graph,
  simplify,
  trace,
  trainableConstants,
  withConstants,
} from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import {
  batchNorm,
  conv,
  crossEntropy,
  globalAveragePool,
  linear,
  mobileNetV2,
  resnet,
  selfAttention,
  sequential,
  spectralNorm,
} from '@subbyte/nn';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import {
  advance,
  random,
  randomNormal,
  scope,
  type Tensor,
  type Tree,
  tensor,
  toHeap,
  toNumbers,
} from '@subbyte/tensor';
import { afterEach, expect, test } from 'vitest';
import { isThere, shared } from './helpers/shared.ts';

afterEach(() => setBackend(undefined));

const model = 'models/resnet20-cifar10.onnx';
type Flat = { readonly [name: string]: Tensor };
const stream = random(5);

const loadResnet = async (): Promise<Graph> =>
  simplify(fromOnnx(new Uint8Array(await readFile(shared(model)))), { keepBatchNorm: true });

const dot = (a: Tensor, b: Tensor): number => {
  const other = toNumbers(b);
  return toNumbers(a).reduce((total, x, i) => total + x * (other[i] as number), 0);
};

/** Casts the constants and inputs of a graph, to check gradients where differences are exact enough. */
function inFloat64(graph: Graph): Graph {
  const wide = <T extends { readonly dtype: string }>(info: T): T =>
    info.dtype === 'float32' ? { ...info, dtype: 'float64' } : info;
  const cast = (value: Tensor): Tensor =>
    value.dtype === 'float32'
      ? tensor(Float64Array.from(toNumbers(value)), value.shape, 'float64')
      : value;
  return {
    ...graph,
    inputs: graph.inputs.map(wide),
    outputs: graph.outputs.map(wide),
    constants: new Map([...graph.constants].map(([name, value]) => [name, cast(value)])),
  };
}

test.skipIf(!isThere(model))(
  'gradients of the imported ResNet-20 agree with finite differences (needs ../shared)',
  { timeout: 120_000 },
  async () => {
    const graph = inFloat64(await loadResnet());
    const inputName = graph.inputs[0]?.name as string;
    const outputName = graph.outputs[0]?.name as string;
    const network = differentiable(graph);
    const { parameters, state } = network.init();
    expect(trainableConstants(graph).length).toBeGreaterThanOrEqual(20);
    const normal = (shape: readonly number[], scale: number): Tensor<'float64'> =>
      tensor(
        Float64Array.from(toNumbers(randomNormal(shape, stream)), (x) => x * scale),
        shape,
        'float64',
      );
    const x = normal([1, 3, 32, 32], 1);
    const weights = normal([1, 10], 1);
    const loss = (given: { readonly p: Tree; readonly x: Tensor }): Tensor => {
      const { y } = network.apply({ parameters: given.p, state }, { [inputName]: given.x });
      return sum(mul(y[outputName] as Tensor, weights));
    };
    const { value, gradient } = valueAndGrad(loss)({ p: parameters, x });
    const gradients = gradient.p as Flat;

    // Along a random direction of every tensor by itself.
    const h = 1e-6;
    const slope = (at: (step: number) => Tensor): number => {
      const [up, down] = [h, -h].map((step) => toNumbers(at(step))[0] as number);
      return ((up as number) - (down as number)) / (2 * h);
    };
    const moved = (from: Tensor, direction: Tensor, step: number): Tensor => {
      const change = toNumbers(direction);
      return tensor(
        Float64Array.from(toNumbers(from), (v, i) => v + step * (change[i] as number)),
        from.shape,
        'float64',
      );
    };
    const agree = (found: number, expected: number, name: string): void => {
      const scale = Math.max(Math.abs(expected), 1e-2 * Math.abs(toNumbers(value)[0] as number));
      expect(
        Math.abs(found - expected) / scale,
        `${name}: ${found} against ${expected}`,
      ).toBeLessThan(1e-4);
    };
    const names = Object.keys(gradients);
    const chosen = names.filter((_, i) => i % Math.ceil(names.length / 12) === 0);
    for (const name of [...new Set([...chosen, ...names.slice(-2)])]) {
      const own = (parameters as Flat)[name] as Tensor;
      const direction = normal(own.shape, 0.01);
      const expected = slope((step) =>
        loss({ p: { ...(parameters as Flat), [name]: moved(own, direction, step) }, x }),
      );
      agree(dot(gradients[name] as Tensor, direction), expected, name);
    }
    const direction = normal(x.shape, 0.01);
    const expected = slope((step) => loss({ p: parameters, x: moved(x, direction, step) }));
    agree(dot(gradient.x, direction), expected, inputName);
  },
);

test.skipIf(!isThere(model))(
  'ResNet-20 in WebAssembly: the gradients of the reference, of values in between too (needs ../shared)',
  { timeout: 120_000 },
  async () => {
    const graph = await loadResnet();
    const inputName = graph.inputs[0]?.name as string;
    const outputName = graph.outputs[0]?.name as string;
    const middle = graph.nodes[Math.floor(graph.nodes.length / 2)]?.outputs[0] as string;
    const network = differentiable(graph);
    const x = randomNormal([2, 3, 32, 32], stream);
    const seed = randomNormal([2, 10], stream);
    const gradients = (): Tensor[] =>
      scope(() => {
        const variables = network.init();
        const first = Object.values(variables.parameters as Flat)[0] as Tensor;
        const recording = record(
          [first, x],
          () => network.apply(variables, { [inputName]: x }, { outputs: [middle, outputName] }).y,
        );
        const [between, output] = [recording.result[middle], recording.result[outputName]] as [
          Tensor,
          Tensor,
        ];
        return recording.backward([output], [seed], [first, x, between]).map(toHeap);
      });
    const expected = gradients();
    setBackend(await wasm());
    for (const [i, found] of gradients().entries()) {
      const [a, b] = [toNumbers(found), toNumbers(expected[i] as Tensor)];
      const largest = Math.max(...b.map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      for (const [k, value] of a.entries()) {
        expect(Math.abs(value - (b[k] as number))).toBeLessThan(1e-3 * largest);
      }
    }
  },
);

test.skipIf(!isThere(model))(
  'training steps on the imported ResNet-20 lower the loss (needs ../shared)',
  { timeout: 120_000 },
  async () => {
    setBackend(await wasm());
    const graph = await loadResnet();
    const inputName = graph.inputs[0]?.name as string;
    const outputName = graph.outputs[0]?.name as string;
    const network = differentiable(graph);
    const images = randomNormal([4, 3, 32, 32], stream);
    const labels = tensor([1, 4, 7, 8], [4], 'int32');
    const lossAndGradient = valueAndGrad((parameters: Tree, state: Tree) => {
      const { y, state: next } = network.apply(
        { parameters, state },
        { [inputName]: images },
        { train: true },
      );
      return { value: crossEntropy(y[outputName] as Tensor, labels), aux: next };
    });
    const losses: number[] = [];
    let carried = network.init();
    for (let step = 0; step < 6; step++) {
      carried = advance(carried, ({ parameters, state }) => {
        const { value, gradient, aux } = lossAndGradient(parameters, state);
        losses.push(toNumbers(value)[0] as number);
        const next = Object.entries(parameters as Flat).map(([name, p]) => {
          const change = toNumbers((gradient as Flat)[name] as Tensor);
          const values = toNumbers(p).map((v, i) => v - 0.002 * (change[i] as number));
          return [name, tensor(values, p.shape)] as const;
        });
        return { parameters: Object.fromEntries(next), state: aux };
      });
    }
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.8);
    const trained = withConstants(graph, {
      ...(carried.parameters as Flat),
      ...(carried.state as Flat),
    });
    const evaluated = network.apply(carried, { [inputName]: images }).y[outputName] as Tensor;
    const found = createExecutor(trained).run({ [inputName]: images })[outputName] as Tensor;
    for (const [i, value] of toNumbers(found).entries()) {
      expect(value).toBeCloseTo(toNumbers(evaluated)[i] as number, 3);
    }
  },
);

test('traced modules are exported and read back', () => {
  const modules = {
    resnet: resnet({ depth: 20, classes: 10, width: 4 }),
    mobilenet: mobileNetV2({ classes: 10, width: 0.1, lastChannels: 64 }),
    attention: sequential(
      spectralNorm(conv(3, 8, 3, { padding: 1 })),
      selfAttention(8),
      batchNorm(8),
      globalAveragePool,
      linear(8, 10),
    ),
  };
  for (const module of Object.values(modules)) {
    const variables = module.init(random(2));
    const apply = (x: Tensor): Tensor => module.apply(variables, x).y;
    const graph = trace(apply, randomNormal([2, 3, 8, 8], stream), {
      names: variables,
      batch: 'N',
    });
    const again = fromOnnx(toOnnx(graph, { form: 'float' }));
    const images = randomNormal([3, 3, 8, 8], stream);
    const expected = toNumbers(apply(images));
    const largest = Math.max(...expected.map(Math.abs));
    for (const candidate of [graph, simplify(graph), again, simplify(again)]) {
      const found = createExecutor(candidate).run({ input: images }).output as Tensor;
      expect(found.shape).toEqual([3, 10]);
      for (const [i, value] of toNumbers(found).entries()) {
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-4 * largest);
      }
    }
  }
});
