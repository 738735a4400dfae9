// Small graphs with quantizers where the contract puts them, for the tests of the export.

import type { Graph, Node, NodeOf, OpAttributes, OpName } from '@subbyte/graph';
import {
  type Bits,
  perChannel,
  perTensor,
  type Quantizer,
  type UniformQuantizer,
  uniform,
} from '@subbyte/quantizers';
import { type Random, random, randomNormal, type Tensor } from '@subbyte/tensor';

/** A quantizer for activations: unsigned, affine, per tensor, over `[low, high]`. */
export function activationQuantizer(low: number, high: number, bits: Bits = 8): UniformQuantizer {
  const top = 2 ** bits - 1;
  const scale = Math.fround((high - low) / top);
  const zeroPoint = Math.round(-low / scale);
  return {
    version: 1,
    scheme: 'uniform',
    bits,
    signed: false,
    narrow: false,
    granularity: perTensor,
    scaleShape: [],
    scale: [scale],
    zeroPoint: [zeroPoint],
  };
}

/** A graph that gives a quantized weight, after adding the input 0 to it. */
export function weightGraph(weight: Tensor, quantizer: Quantizer): Graph {
  return {
    name: 'weight',
    inputs: [{ name: 'zero', dtype: 'float32', shape: [] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: weight.shape }],
    nodes: [
      {
        op: 'fakeQuantize',
        name: 'quantize',
        inputs: ['weight'],
        outputs: ['quantized'],
        attributes: { quantizer },
      },
      { op: 'add', name: 'add', inputs: ['quantized', 'zero'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map([['weight', weight]]),
    metadata: {},
  };
}

/** Builds graphs node by node; every method gives the name of its result. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly constants: Map<string, Tensor> = new Map();
  readonly stream: Random;
  weightBits: Bits | undefined = 8;
  quantized = true;
  #count = 0;

  constructor(seed = 1) {
    this.stream = random(seed);
  }

  fresh(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }

  constant(value: Tensor, prefix = 'constant'): string {
    const name = this.fresh(prefix);
    this.constants.set(name, value);
    return name;
  }

  normal(shape: readonly number[], deviation = 1, prefix = 'weight'): string {
    return this.constant(randomNormal(shape, this.stream, 0, deviation), prefix);
  }

  node<Op extends OpName>(
    op: Op,
    inputs: readonly string[],
    attributes: OpAttributes[Op],
    outputs = 1,
  ): string {
    const names = Array.from({ length: outputs }, () => this.fresh(`${op}_`));
    const node: NodeOf<Op> = { op, name: `node_${names[0]}`, inputs, outputs: names, attributes };
    this.nodes.push(node as unknown as Node);
    return names[0] ?? '';
  }

  /** `x` behind an 8-bit quantizer over `[low, high]`, or `x` when building float graphs. */
  quantize(x: string, low = -4, high = 4, bits: Bits = 8): string {
    if (!this.quantized) return x;
    return this.node('fakeQuantize', [x], { quantizer: activationQuantizer(low, high, bits) });
  }

  /** A random weight behind a per-channel quantizer. */
  weight(shape: readonly number[], axis = 0, deviation = 0.2): string {
    const name = this.normal(shape, deviation);
    if (this.weightBits === undefined) return name;
    const value = this.constants.get(name) as Tensor;
    const quantizer = uniform({
      bits: this.weightBits,
      granularity: perChannel(axis),
      observer: 'minMax',
    }).fit(value);
    return this.node('fakeQuantize', [name], { quantizer });
  }

  conv(
    x: string,
    from: number,
    to: number,
    options: {
      kernel?: number;
      stride?: number;
      groups?: number;
      activation?: 'relu' | undefined;
      bias?: boolean;
    } = {},
  ): string {
    const { kernel = 3, stride = 1, groups = 1, activation, bias = true } = options;
    const pad = (kernel - 1) / 2;
    const fanIn = (from / groups) * kernel * kernel;
    const inputs = [x, this.weight([to, from / groups, kernel, kernel], 0, Math.sqrt(2 / fanIn))];
    if (bias) inputs.push(this.normal([to], 0.1, 'bias'));
    return this.node('conv2d', inputs, {
      strides: [stride, stride],
      dilations: [1, 1],
      padding: [pad, pad, pad, pad],
      groups,
      activation: activation === undefined ? undefined : { kind: activation },
    });
  }

  graph(input: readonly (number | string)[], output: string): Graph {
    return {
      name: 'test',
      inputs: [{ name: 'x', dtype: 'float32', shape: input }],
      outputs: [{ name: output, dtype: 'float32' }],
      nodes: this.nodes,
      constants: this.constants,
      metadata: { recipe: 'test' },
    };
  }
}
