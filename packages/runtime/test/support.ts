// Graphs with quantizers, made by hand; steps are powers of two where every float sum must be exact.
import { createExecutor, type Graph, type Node, type NodeOf, type OpName } from '@subbyte/graph';
import type { Conv2dOptions } from '@subbyte/kernels';
import type { Bits, UniformQuantizer } from '@subbyte/quantizers';
import {
  type Random,
  random,
  randomNormal,
  type Shape,
  type Tensor,
  tensor,
  toNumbers,
} from '@subbyte/tensor';
import { expect } from 'vitest';
import { compile } from '../src/index.ts';

/** A node whose name is its output. */
export function node<Op extends OpName>(
  op: Op,
  inputs: readonly string[],
  output: string,
  attributes: NodeOf<Op>['attributes'],
): Node {
  return { op, name: output, inputs, outputs: [output], attributes } as unknown as Node;
}

/** A quantizer per tensor. */
export const grid = (
  scale: number,
  zeroPoint = 0,
  bits: Bits = 8,
  signed = false,
): UniformQuantizer => ({
  ...{ version: 1, scheme: 'uniform', bits, signed, narrow: false },
  ...{ granularity: { kind: 'perTensor' }, scaleShape: [], scale: [scale], zeroPoint: [zeroPoint] },
});

/** A signed symmetric quantizer with a step per index of `axis`, powers of two. */
export const perChannel = (channels: number, bits: Bits, axis = 0): UniformQuantizer => ({
  ...{ version: 1, scheme: 'uniform', bits, signed: true, narrow: false },
  ...{ granularity: { kind: 'perChannel', axis }, scaleShape: [channels] },
  scale: Array.from({ length: channels }, (_, o) => 2 ** -((o % 3) + bits)),
  zeroPoint: new Array(channels).fill(0),
});

/** `output = fakeQuantize(input)`. */
export const quantizer = (input: string, output: string, of: UniformQuantizer): Node =>
  node('fakeQuantize', [input], output, { quantizer: of });

/** Options of a 3 x 3 convolution that keeps the size. */
export const same3: Conv2dOptions = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [1, 1, 1, 1],
  groups: 1,
};

/** A graph in the making. */
interface Builder {
  add(...more: readonly Node[]): void;
  readonly constants: Map<string, Tensor>;
  /** A layer `name` with weights of shape `weight`, quantized to `bits`, and a bias. */
  layer<Op extends 'conv2d' | 'matmul'>(
    op: Op,
    name: string,
    input: string,
    weight: Shape,
    attributes: NodeOf<Op>['attributes'],
    options?: { readonly bits?: Bits; readonly axis?: number },
  ): void;
  graph(...outputs: readonly string[]): Graph;
  input(): Tensor;
}

/** Collects nodes and constants of a graph with input `x`. */
export function builder(shape: Shape, seed = 1): Builder {
  const stream: Random = random(seed);
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const add = (...more: readonly Node[]): void => {
    nodes.push(...more);
  };
  return {
    add,
    constants,
    layer: (op, name, input, weight, attributes, { bits = 4, axis = 0 } = {}) => {
      const outputs = weight[axis] as number;
      constants.set(`${name}.w`, randomNormal(weight, stream, 0, 0.4));
      // Multiples of every sum's step.
      const bias = Array.from({ length: outputs }, () => stream.integer(65) / 32 - 1);
      constants.set(`${name}.b`, tensor(bias, [outputs]));
      add(
        quantizer(`${name}.w`, `${name}.q`, perChannel(outputs, bits, axis)),
        node(op, [input, `${name}.q`, `${name}.b`], name, attributes),
      );
    },
    graph: (...outputs) => ({
      name: 'test',
      inputs: [{ name: 'x', dtype: 'float32', shape }],
      outputs: outputs.map((name) => ({ name, dtype: 'float32' })),
      nodes,
      constants,
      metadata: {},
    }),
    input: () => randomNormal(shape, stream),
  };
}

/** Kernels that the graph runs on, once its results equal those of the executor bit for bit. */
export async function kernelsOf(graph: Graph, x: Tensor): Promise<string[]> {
  const session = await compile(graph, { clock: () => 0 });
  const executor = createExecutor(graph);
  const expected = executor.run({ x });
  // Twice: with fresh memory and with planned.
  for (let i = 0; i < 2; i++) {
    const actual = await session.run({ x });
    for (const [name, value] of Object.entries(expected)) {
      expect(actual[name]?.shape).toEqual(value.shape);
      expect(toNumbers(actual[name] as Tensor)).toEqual(toNumbers(value));
    }
  }
  const kernels = session.profile().map(({ kernel }) => kernel);
  await session.release();
  executor.dispose();
  return kernels;
}

/** Kernels that bring values to codes with the channels last, and back. */
export const enter: readonly string[] = ['quantizeLinear', 'transpose'];
export const leave: readonly string[] = ['dequantizeLinear', 'transpose'];
