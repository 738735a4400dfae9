import { createExecutor, type Graph } from '@subbyte/graph';
import { random, randomNormal, tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { toOnnx } from '../src/index.ts';
import { optimizedOps, runOnnx } from './export-engines.ts';
import { GraphBuilder } from './export-graphs.ts';

type Shape = readonly (number | string)[];

interface Block {
  readonly input: Shape;
  readonly build: (g: GraphBuilder) => string;
  /** Operators of the optimized model; those that do not matter are left out. */
  readonly fused: Readonly<Record<string, number>>;
  /** Operators that compute in float and must not be there. */
  readonly never?: readonly string[];
  /**
   * How far results may be off: one output step, two where a value between is one off; 0 for floats,
   * whose bias is rounded to the steps of the sums.
   */
  readonly step?: number;
}

const image: Shape = ['N', 8, 8, 8];
const step = 8 / 255;
const quantizers = { QuantizeLinear: 1, DequantizeLinear: 1 };
const linear = { transposeA: false, transposeB: false } as const;

const blocks: Readonly<Record<string, Block>> = {
  'residual block': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const a = g.quantize(g.conv(x, 8, 8, { activation: 'relu' }), 0, 8);
      const b = g.quantize(g.conv(a, 8, 8));
      const sum = g.node('add', [b, x], {});
      return g.quantize(g.node('relu', [sum], {}), 0, 8);
    },
    fused: { ...quantizers, QLinearConv: 2, QLinearAdd: 1, Transpose: 2 },
    never: ['Relu', 'Conv', 'FusedConv', 'Add'],
    step,
  },
  'option-A shortcut': {
    input: image,
    build: (g) => {
      const x = g.quantize('x', 0, 8);
      const half = { starts: [0, 0, 0, 0], sizes: [1, 8, 4, 4], steps: [1, 1, 2, 2] };
      const small = g.quantize(g.node('slice', [x], half), 0, 8);
      const wide = {
        mode: 'constant',
        before: [0, 4, 0, 0],
        after: [0, 4, 0, 0],
        value: 0,
      } as const;
      const shortcut = g.quantize(g.node('pad', [small], wide), 0, 8);
      const main = g.quantize(g.conv(x, 8, 16, { stride: 2 }));
      return g.quantize(g.node('relu', [g.node('add', [main, shortcut], {})], {}), 0, 8);
    },
    fused: { ...quantizers, QLinearConv: 1, QLinearAdd: 1, Slice: 1, Pad: 1, Transpose: 2 },
    never: ['Relu', 'Conv', 'Add'],
    step,
  },
  'depthwise and pointwise': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const a = g.quantize(g.conv(x, 8, 8, { groups: 8, activation: 'relu' }), 0, 8);
      return g.quantize(g.conv(a, 8, 16, { kernel: 1, bias: false }));
    },
    fused: { ...quantizers, QLinearConv: 2, Transpose: 2 },
    step: 2 * step,
  },
  'squeeze and excite': {
    input: image,
    build: (g) => {
      const x = g.quantize('x', 0, 4);
      const mean = g.quantize(g.node('reduceMean', [x], { axes: [2, 3], keepAxes: true }), 0, 4);
      const a = g.quantize(g.conv(mean, 8, 4, { kernel: 1, activation: 'relu' }), 0, 8);
      const b = g.quantize(g.conv(a, 4, 8, { kernel: 1 }));
      const gate = g.quantize(g.node('hardSigmoid', [b], { alpha: 0.2, beta: 0.5 }), 0, 1);
      return g.quantize(g.node('mul', [x, gate], {}), 0, 8);
    },
    fused: {
      QLinearGlobalAveragePool: 1,
      QLinearConv: 2,
      HardSigmoid: 1,
      QLinearMul: 1,
      QuantizeLinear: 2,
      DequantizeLinear: 2,
    },
    never: ['Conv', 'Mul', 'ReduceMean', 'GlobalAveragePool'],
    step,
  },
  'hard swish between convolutions': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const a = g.quantize(g.conv(x, 8, 8));
      const b = g.quantize(g.node('hardSwish', [a], {}), -0.5, 4);
      return g.quantize(g.conv(b, 8, 8, { kernel: 1 }));
    },
    fused: { QLinearConv: 2, HardSigmoid: 1, QuantizeLinear: 2, DequantizeLinear: 2, Transpose: 2 },
    never: ['Conv', 'FusedConv'],
    step: 2 * step,
  },
  'concat and pools': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const window = { kernel: [2, 2], strides: [2, 2], dilations: [1, 1] } as const;
      const pool = { ...window, padding: [0, 0, 0, 0], ceil: false } as const;
      const a = g.quantize(g.node('maxPool2d', [x], pool));
      const b = g.quantize(g.node('averagePool2d', [x], { ...pool, countPadding: false }), -2, 2);
      const c = g.quantize(g.node('concat', [a, b], { axis: 1 }));
      return g.quantize(g.conv(c, 16, 8));
    },
    fused: { ...quantizers, MaxPool: 1, QLinearAveragePool: 1, QLinearConcat: 1, QLinearConv: 1 },
    step: 2 * step,
  },
  'quantized constants': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const constant = (low: number, high: number): string =>
        g.quantize(g.normal([8, 1, 1], 1, 'constant'), low, high);
      const scaled = g.quantize(g.node('mul', [x, constant(-3, 3)], {}), -8, 8);
      return g.quantize(g.node('add', [scaled, constant(-3, 3)], {}), -8, 8);
    },
    fused: { ...quantizers, QLinearMul: 1, QLinearAdd: 1 },
    never: ['Add', 'Mul'],
    step: 4 * step,
  },
  'sigmoid and leaky relu': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const a = g.quantize(g.node('sigmoid', [x], {}), 0, 1);
      return g.quantize(g.node('leakyRelu', [a], { alpha: 0.1 }), 0, 1);
    },
    fused: { ...quantizers, QLinearSigmoid: 1, QLinearLeakyRelu: 1 },
    step: 1 / 255,
  },
  'classifier head': {
    input: image,
    build: (g) => {
      const x = g.quantize('x', 0, 4);
      const mean = g.node('reduceMean', [x], { axes: [2, 3], keepAxes: false });
      const flat = g.quantize(mean, 0, 4);
      const inputs = [flat, g.weight([8, 10], 1), g.normal([10], 0.1, 'bias')];
      return g.node('matmul', inputs, linear);
    },
    fused: { QuantizeLinear: 1, QLinearGlobalAveragePool: 1, QGemm: 1 },
    never: ['Gemm', 'MatMul', 'DequantizeLinear'],
  },
  attention: {
    input: ['N', 6, 16],
    build: (g) => {
      const x = g.quantize('x');
      const project = (): string =>
        g.quantize(g.node('matmul', [x, g.weight([16, 16], 1)], linear));
      const [q, k, v] = [project(), project(), project()];
      const turned = g.quantize(g.node('transpose', [k], { permutation: [0, 2, 1] }));
      const scores = g.quantize(g.node('matmul', [q, turned], linear), -16, 16);
      const soft = g.quantize(g.node('softmax', [scores], { axis: 2 }), 0, 1);
      const mixed = g.quantize(g.node('matmul', [soft, v], linear));
      const norm = [mixed, g.constant(tensor(new Float32Array(16).fill(1))), g.normal([16], 0.1)];
      return g.quantize(g.node('layerNorm', norm, { axis: 2, epsilon: 1e-5 }));
    },
    fused: { QLinearMatMul: 5, QLinearSoftmax: 1, LayerNormalization: 1, QuantizeLinear: 2 },
    never: ['MatMul', 'Softmax'],
    step: 16 * step,
  },
  'fully connected with bias over a sequence': {
    input: ['N', 6, 16],
    build: (g) => {
      const x = g.quantize('x');
      const inputs = [x, g.weight([16, 12], 1), g.normal([12], 0.1, 'bias')];
      return g.quantize(g.node('matmul', inputs, linear));
    },
    fused: {},
    never: ['MatMul'],
    step,
  },
  'transposed convolution': {
    input: image,
    build: (g) => {
      const x = g.quantize('x');
      const up = g.node('convTranspose2d', [x, g.weight([8, 4, 2, 2], 1)], {
        strides: [2, 2],
        dilations: [1, 1],
        padding: [0, 0, 0, 0],
        outputPadding: [0, 0],
        groups: 1,
        activation: undefined,
      });
      return g.quantize(g.conv(g.quantize(up), 4, 4));
    },
    fused: { ConvTranspose: 1, QLinearConv: 1 },
    step,
  },
  'activations of 4 bits': {
    input: image,
    build: (g) => {
      const x = g.quantize('x', -2, 2, 4);
      const a = g.quantize(g.conv(x, 8, 8, { activation: 'relu' }), 0, 2, 4);
      return g.quantize(g.conv(a, 8, 8), -2, 2, 4);
    },
    fused: { ...quantizers, QLinearConv: 2, Clip: 3, Transpose: 2 },
    step: 4 / 15,
  },
};

function example(input: Shape, seed: number): ReturnType<typeof randomNormal> {
  return randomNormal(
    input.map((size) => (typeof size === 'number' ? size : 1)),
    random(seed),
  );
}

function largestStep(actual: Float32Array, expected: Float32Array): number {
  let worst = 0;
  for (const [i, value] of expected.entries()) {
    worst = Math.max(worst, Math.abs(value - (actual[i] ?? Number.NaN)));
  }
  return worst;
}

async function expectSame(graph: Graph, model: Uint8Array, block: Block): Promise<void> {
  const x = example(block.input, 3);
  const [output = ''] = graph.outputs.map(({ name }) => name);
  const expected = createExecutor(graph).run({ x })[output]?.data as Float32Array;
  for (const engine of ['node', 'web'] as const) {
    const actual = (await runOnnx(engine, model, { x }))[output];
    expect(actual?.data.length).toBe(expected.length);
    const tolerance = (block.step ?? 0) * 1.001 + 1e-3;
    expect(largestStep(actual?.data as Float32Array, expected), engine).toBeLessThan(tolerance);
  }
}

for (const [name, block] of Object.entries(blocks)) {
  for (const form of ['qdq', 'packed'] as const) {
    test(`${name} runs in integers, as ${form}`, async () => {
      const g = new GraphBuilder();
      if (form === 'packed') g.weightBits = 4;
      const graph = g.graph(block.input, block.build(g));
      const model = toOnnx(graph, { form });
      const ops = await optimizedOps(model);
      expect(ops).toMatchObject(block.fused);
      for (const op of block.never ?? []) expect(Object.keys(ops)).not.toContain(op);
      await expectSame(graph, model, block);
    });
  }
}
