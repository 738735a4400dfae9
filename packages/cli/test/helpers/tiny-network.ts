import type { Graph } from '@subbyte/graph';
import { toOnnx } from '@subbyte/onnx';
import { random, randomNormal } from '@subbyte/tensor';

/**
 * Two convolutions, a mean and a linear layer: input `input` `[n, 3, 8, 8]`, output `scores`
 * `[n, 4]`.
 */
function tinyNetwork(seed = 1): Graph {
  const stream = random(seed);
  const conv = {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
    groups: 1,
  } as const;
  return {
    name: 'tiny',
    inputs: [{ name: 'input', dtype: 'float32', shape: ['n', 3, 8, 8] }],
    outputs: [{ name: 'scores', dtype: 'float32', shape: ['n', 4] }],
    nodes: [
      {
        op: 'conv2d',
        name: 'conv1',
        inputs: ['input', 'conv1.weight', 'conv1.bias'],
        outputs: ['a'],
        attributes: conv,
      },
      { op: 'relu', name: 'relu1', inputs: ['a'], outputs: ['b'], attributes: {} },
      {
        op: 'conv2d',
        name: 'conv2',
        inputs: ['b', 'conv2.weight', 'conv2.bias'],
        outputs: ['c'],
        attributes: conv,
      },
      { op: 'relu', name: 'relu2', inputs: ['c'], outputs: ['d'], attributes: {} },
      {
        op: 'reduceMean',
        name: 'pool',
        inputs: ['d'],
        outputs: ['e'],
        attributes: { axes: [2, 3], keepAxes: false },
      },
      {
        op: 'matmul',
        name: 'linear',
        inputs: ['e', 'linear.weight'],
        outputs: ['scores'],
        attributes: { transposeA: false, transposeB: false },
      },
    ],
    constants: new Map([
      ['conv1.weight', randomNormal([8, 3, 3, 3], stream, 0, 0.3)],
      ['conv1.bias', randomNormal([8], stream, 0, 0.1)],
      ['conv2.weight', randomNormal([16, 8, 3, 3], stream, 0, 0.2)],
      ['conv2.bias', randomNormal([16], stream, 0, 0.1)],
      ['linear.weight', randomNormal([16, 4], stream, 0, 0.5)],
    ]),
    metadata: {},
  };
}

/** The same as an ONNX file. */
export const tinyModel = (seed?: number): Uint8Array =>
  toOnnx(tinyNetwork(seed), { form: 'float' });
