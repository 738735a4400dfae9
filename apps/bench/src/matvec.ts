// A product of one row with a large matrix, the layer that language models consist of: 1024 inputs, 4096 outputs.

import { packStream } from '@subbyte/bitpack';
import type { Graph, Node } from '@subbyte/graph';
import { type Backend, setBackend } from '@subbyte/kernels';
import { toOnnx } from '@subbyte/onnx';
import { type AttributeProto, encodeModel, onnxDataTypes } from '@subbyte/onnx-proto';
import { type Bits, encode, perChannel, perGroup, uniform } from '@subbyte/quantizers';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor, toNumbers } from '@subbyte/tensor';
import { engines } from 'subbyte';
import type { Rounds, Runner } from 'subbyte/bench';
import { medianRatio } from 'subbyte/bench';
import { modelOf } from './models.ts';

const [inputs, outputs, block] = [1024, 4096, 32] as const;
/** Calls that are timed together: one of ours takes about a tenth of a millisecond. */
const calls = 20;

const stream = random(1);
const feed = { x: randomNormal([1, inputs], stream) };
const weight = randomNormal([inputs, outputs], stream, 0, 1 / Math.sqrt(inputs));

/** The product, its weights quantized in blocks, per channel or not at all. */
function product(bits?: Bits, granularity = perGroup(0, block)): Graph {
  const attributes = { transposeA: false, transposeB: false };
  const product = { name: 'product', op: 'matmul', outputs: ['y'], attributes } as const;
  const quantizer = bits && uniform({ bits, granularity, observer: 'minMax' }).fit(weight);
  const nodes: Node[] = [{ ...product, inputs: ['x', quantizer ? 'q' : 'w'] }];
  if (quantizer) {
    const attributes = { quantizer };
    nodes.unshift({ op: 'fakeQuantize', name: 'q', inputs: ['w'], outputs: ['q'], attributes });
  }
  return {
    name: 'matvec',
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, inputs] }],
    outputs: [{ name: 'y', dtype: 'float32' }],
    nodes,
    constants: new Map([['w', weight]]),
    metadata: {},
  };
}

/** The same weights, in blocks, for onnxruntime's operator for them: `[outputs, blocks, bytes]`, zero in the middle. */
function matMulNBits(bits: 2 | 4 | 8): Uint8Array {
  const quantizer = uniform({ bits, granularity: perGroup(0, block), observer: 'minMax' }).fit(
    weight,
  );
  const codes = encode(weight, quantizer).data as Int8Array;
  const blocks = inputs / block;
  const moved = Uint8Array.from({ length: codes.length }, (_, i) => {
    return (codes[(i % inputs) * outputs + Math.floor(i / inputs)] as number) + 2 ** (bits - 1);
  });
  const scales = Float32Array.from({ length: outputs * blocks }, (_, i) => {
    return quantizer.scale[(i % blocks) * outputs + Math.floor(i / blocks)] as number;
  });
  const integer = (name: string, i: number): AttributeProto => ({ name, i: BigInt(i), type: 2 });
  const value = (name: string, size: number): object => ({
    name,
    type: {
      tensorType: {
        elemType: onnxDataTypes.float,
        shape: { dim: [{ dimValue: 1 }, { dimValue: size }] },
      },
    },
  });
  return encodeModel({
    irVersion: 10,
    opsetImport: [
      { domain: '', version: 21 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'matvec',
      node: [
        {
          ...{ opType: 'MatMulNBits', domain: 'com.microsoft', name: 'product' },
          ...{ input: ['x', 'b', 'scales'], output: ['y'] },
          attribute: [
            ...[integer('K', inputs), integer('N', outputs)],
            ...[integer('bits', bits), integer('block_size', block)],
          ],
        },
      ],
      input: [value('x', inputs)],
      output: [value('y', outputs)],
      initializer: [
        {
          ...{ name: 'b', dataType: onnxDataTypes.uint8 },
          dims: [outputs, blocks, (block * bits) / 8],
          rawData: packStream(moved, bits),
        },
        {
          ...{ name: 'scales', dataType: onnxDataTypes.float, dims: [outputs * blocks] },
          rawData: new Uint8Array(scales.buffer),
        },
      ],
    },
  });
}

/** Who is compared with `MatMulNBits`: the contestant with as many bits. */
const partners: Readonly<Record<string, string>> = {
  w4: 'ortWebMatMulNBits4',
  w4PerChannel: 'ortWebMatMulNBits4',
  w2: 'ortWebMatMulNBits2',
  w2PerChannel: 'ortWebMatMulNBits2',
};

/** The ratios of one contestant by their keys, and its line of the table. */
export function matvecRatios(
  one: Rounds,
  all: readonly Rounds[],
): { readonly ratios: Readonly<Record<string, number>>; readonly line: readonly string[] } {
  const find = (name: string): Rounds => all.find((other) => other.name === name) as Rounds;
  const fp32 = find('ortWebFp32');
  const ratios: Record<string, number> = {};
  if (one !== fp32) ratios[`matvec.${one.name}.vsOrtWebFp32`] = medianRatio(one, fp32);
  const partner = partners[one.name];
  if (partner) ratios[`matvec.${one.name}.vsOrtWebMatMulNBits`] = medianRatio(one, find(partner));
  return {
    ratios,
    line: [
      ...[one.name, one.median.toFixed(2), one.least.toFixed(2), medianRatio(one, fp32).toFixed(3)],
      ...['', (one.least / fp32.least).toFixed(3), String(one.times.length)],
    ],
  };
}

type Run = () => Promise<Record<string, Tensor>>;

/** Everybody who computes the product, each with its result checked against what it should be near. */
export async function matvecRunners(backend: Backend): Promise<readonly Runner[]> {
  const theirs = async (name: string, bytes: Uint8Array): Promise<Run> => {
    const session = await engines['ort-web'].load(modelOf(name, bytes));
    return () => session.run(feed) as ReturnType<Run>;
  };
  const ours = async (graph: Graph): Promise<Run> => {
    setBackend(backend);
    const session = await compile(graph, { weightOnly: 'int8' });
    return () => {
      setBackend(backend);
      return session.run(feed);
    };
  };
  const channels = perChannel(1);
  const runs: Record<string, Run> = {
    ortWebFp32: await theirs('fp32', toOnnx(product(), { form: 'float' })),
    ortWebMatMulNBits4: await theirs('w4', matMulNBits(4)),
    ortWebMatMulNBits2: await theirs('w2', matMulNBits(2)),
    fp32: await ours(product()),
    w8: await ours(product(8)),
    w4: await ours(product(4)),
    w4PerChannel: await ours(product(4, channels)),
    w3: await ours(product(3)),
    w2: await ours(product(2)),
    w2PerChannel: await ours(product(2, channels)),
  };
  const results: Record<string, number[]> = {};
  for (const [name, run] of Object.entries(runs)) {
    results[name] = toNumbers((await run()).y as Tensor);
  }
  for (const [name, other] of [
    ['fp32', 'ortWebFp32'],
    ['w8', 'ortWebFp32'],
    ['w4', 'ortWebMatMulNBits4'],
    ['w2', 'ortWebMatMulNBits2'],
  ] as const) {
    const [a, b] = [results[name] as number[], results[other] as number[]];
    const norm = (values: readonly number[]): number => Math.hypot(...values);
    const error = norm(a.map((value, i) => value - (b[i] as number))) / norm(b);
    if (!(error < 0.02)) throw new Error(`${name} differs from ${other} by ${error}`);
  }
  return Object.entries(runs).map(([name, run]) => ({
    name,
    run: async () => {
      for (let i = 0; i < calls; i++) await run();
    },
  }));
}
