import { createExecutor, type Graph } from '@subbyte/graph';
import { type Bits, perChannel, perGroup, perTensor, uniform } from '@subbyte/quantizers';
import { random, randomNormal, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compile } from '../src/index.ts';
import { node, quantizer } from './support.ts';

interface Setting {
  readonly bits: Bits;
  readonly granularity: ReturnType<typeof perChannel>;
  readonly transposeB?: boolean;
  readonly bias?: boolean;
  readonly symmetric?: boolean;
}

const [inputs, outputs] = [40, 12] as const;
const stream = random(7);

/** A matrix product of floats with quantized weights. */
function graphOf({ bits, granularity, transposeB = false, bias = true, ...rest }: Setting): Graph {
  const w = randomNormal(transposeB ? [outputs, inputs] : [inputs, outputs], stream);
  const b = randomNormal([outputs], stream);
  const of = uniform({ bits, granularity, observer: 'minMax', ...rest }).fit(w);
  const operands = bias ? ['x', 'q', 'b'] : ['x', 'q'];
  return {
    name: 'test',
    inputs: [{ name: 'x', dtype: 'float32', shape: [3, inputs] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes: [
      quantizer('w', 'q', of),
      node('matmul', operands, 'y', { transposeA: false, transposeB }),
    ],
    constants: new Map([
      ['w', w],
      ['b', b],
    ]),
    metadata: {},
  };
}

async function run(graph: Graph, x: Tensor, weightOnly?: 'int8'): Promise<[string[], Tensor]> {
  const session = await compile(graph, { clock: () => 0, weightOnly });
  const { y } = await session.run({ x });
  const kernels = session.profile().map(({ kernel }) => kernel);
  await session.release();
  return [kernels, y as Tensor];
}

const settings: readonly Setting[] = [
  { bits: 4, granularity: perGroup(0, 16) },
  { bits: 4, granularity: perGroup(1, 16), transposeB: true },
  { bits: 2, granularity: perChannel(1), bias: false },
  { bits: 3, granularity: perChannel(0), transposeB: true },
  { bits: 8, granularity: perGroup(0, 32) },
  { bits: 6, granularity: perTensor },
];

test('weights alone quantized: packed weights on request, near the executor', async () => {
  for (const setting of settings) {
    const graph = graphOf(setting);
    // Rows that lie on their own int8 grid: what is left is the order of float sums.
    const codes = Array.from({ length: 3 * inputs }, () => stream.integer(255) - 127);
    for (let row = 0; row < 3; row++) codes[row * inputs] = 127;
    const x = tensor(
      codes.map((code) => code / 64),
      [3, inputs],
    );
    const executor = createExecutor(graph);
    const expected = toNumbers(executor.run({ x }).y as Tensor);
    executor.dispose();
    const [exactly, exact] = await run(graph, x);
    expect(exactly).toEqual(['matmul']);
    expect(toNumbers(exact)).toEqual(expected);
    const [kernels, packed] = await run(graph, x, 'int8');
    expect(kernels).toEqual(['matmulNBits']);
    for (const [i, value] of toNumbers(packed).entries()) {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-4);
    }
  }
});

test('and in float32 where they do not fit', async () => {
  const x = randomNormal([3, inputs], stream);
  const others: readonly Setting[] = [
    // Zero points that differ.
    { bits: 4, granularity: perChannel(1), symmetric: false },
    // Scales per input.
    { bits: 4, granularity: perChannel(0) },
    { bits: 4, granularity: perGroup(0, 12) },
  ];
  for (const setting of others) {
    const [kernels] = await run(graphOf(setting), x, 'int8');
    expect(kernels).toEqual(['matmul']);
  }
});

test('codes that the graph holds as such run packed as well', async () => {
  const codes = Uint8Array.from({ length: outputs * inputs }, () => stream.integer(16));
  const scales = Float32Array.from({ length: outputs * 5 }, () => 0.01 + stream.uniform());
  const graph: Graph = {
    ...graphOf({ bits: 4, granularity: perTensor }),
    nodes: [
      node('dequantizeLinear', ['codes', 'scales', 'zeros'], 'q', { axis: 1, groupSize: 8 }),
      node('matmul', ['x', 'q'], 'y', { transposeA: false, transposeB: true }),
    ],
    constants: new Map<string, Tensor>([
      ['codes', tensor(codes, [outputs, inputs])],
      ['scales', tensor(scales, [outputs, 5])],
      ['zeros', tensor(new Uint8Array(outputs * 5).fill(8), [outputs, 5])],
    ]),
  };
  const x = randomNormal([3, inputs], stream);
  const [, exact] = await run(graph, x);
  const [kernels, packed] = await run(graph, x, 'int8');
  expect(kernels).toEqual(['matmulNBits']);
  const most = Math.max(...toNumbers(exact).map(Math.abs));
  toNumbers(packed).forEach((value, i) => {
    expect(Math.abs(value - (toNumbers(exact)[i] as number))).toBeLessThan(0.01 * most);
  });
});
