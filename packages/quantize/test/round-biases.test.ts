import type { Graph } from '@subbyte/graph';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { quantize } from '../src/index.ts';
import { roundBiases } from '../src/round-biases.ts';

const stream = random(3);
const graph: Graph = {
  name: 'one layer',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 2, 4, 4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['n', 3, 4, 4] }],
  nodes: [
    {
      op: 'conv2d',
      name: 'layer',
      inputs: ['x', 'w', 'b'],
      outputs: ['y'],
      attributes: { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
    },
  ],
  constants: new Map<string, Tensor>([
    ['w', randomNormal([3, 2, 1, 1], stream)],
    ['b', randomNormal([3], stream)],
  ]),
  metadata: {},
};

test('biases are whole numbers of input step times weight step', async () => {
  const { graph: quantized } = await quantize(graph, {
    weights: { bits: 8 },
    activations: { bits: 8 },
    calibration: [randomNormal([4, 2, 4, 4], stream)],
  });
  const layer = quantized.nodes.find(({ name }) => name === 'layer');
  const scales = layer?.inputs.slice(0, 2).map((operand) => {
    const node = quantized.nodes.find(({ outputs }) => outputs[0] === operand);
    return node?.op === 'fakeQuantize' ? node.attributes.quantizer.scale : [];
  });
  const bias = quantized.constants.get(layer?.inputs[2] ?? '')?.data as Float32Array;
  expect(bias).toHaveLength(3);
  for (const [channel, value] of bias.entries()) {
    const step = Math.fround((scales?.[0]?.[0] ?? 0) * (scales?.[1]?.[channel] ?? 0));
    expect(value).toBe(Math.fround(Math.round(value / step) * step));
  }
});

test('layers without two quantized operands keep their bias', () => {
  expect(roundBiases(graph).constants.get('b')).toBe(graph.constants.get('b'));
});
