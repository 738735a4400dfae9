// A small residual network with everything placement has to deal with, and batches for it.
import type { Graph, Node, NodeOf } from '@subbyte/graph';
import { type FloatTensor, random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';

export const conv = (
  name: string,
  inputs: readonly string[],
  output: string,
  attributes: Partial<NodeOf<'conv2d'>['attributes']> = {},
): Node => ({
  op: 'conv2d',
  name,
  inputs,
  outputs: [output],
  attributes: {
    strides: [1, 1],
    dilations: [1, 1],
    padding: [1, 1, 1, 1],
    groups: 1,
    ...attributes,
  },
});

/**
 * `conv1 + relu`, `conv2`, `+`, relu, max pool, `depthwise` without a bias, hard swish, global mean,
 * reshape, `classifier`: images `[N, 3, 8, 8]` to `[N, 5]`.
 */
export function network(seed = 1): Graph {
  const stream = random(seed);
  const weight = (shape: readonly number[]): FloatTensor => {
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
    return randomNormal(shape, stream, 0.02, Math.sqrt(2 / fanIn));
  };
  const constants = new Map<string, Tensor>([
    ['w1', weight([8, 3, 3, 3])],
    ['b1', randomNormal([8], stream, 0, 0.1)],
    ['w2', weight([8, 8, 3, 3])],
    ['b2', randomNormal([8], stream, 0, 0.1)],
    ['w3', weight([8, 1, 3, 3])],
    ['w4', weight([8, 5])],
    ['b4', randomNormal([5], stream, 0, 0.1)],
  ]);
  const pool = {
    kernel: [2, 2],
    strides: [2, 2],
    dilations: [1, 1],
    padding: [0, 0, 0, 0],
  } as const;
  const nodes: Node[] = [
    conv('conv1', ['image', 'w1', 'b1'], 'y1'),
    { op: 'relu', name: 'relu1', inputs: ['y1'], outputs: ['r1'], attributes: {} },
    conv('conv2', ['r1', 'w2', 'b2'], 'y2'),
    { op: 'add', name: 'add', inputs: ['y2', 'r1'], outputs: ['sum'], attributes: {} },
    { op: 'relu', name: 'relu2', inputs: ['sum'], outputs: ['r2'], attributes: {} },
    {
      op: 'maxPool2d',
      name: 'pool',
      inputs: ['r2'],
      outputs: ['pooled'],
      attributes: { ...pool, ceil: false },
    },
    conv('depthwise', ['pooled', 'w3'], 'y3', { groups: 8 }),
    { op: 'hardSwish', name: 'swish', inputs: ['y3'], outputs: ['s3'], attributes: {} },
    {
      op: 'reduceMean',
      name: 'mean',
      inputs: ['s3'],
      outputs: ['m3'],
      attributes: { axes: [2, 3], keepAxes: true },
    },
    {
      op: 'reshape',
      name: 'flat',
      inputs: ['m3'],
      outputs: ['f3'],
      attributes: { shape: [-1, 8], allowZero: false },
    },
    {
      op: 'matmul',
      name: 'classifier',
      inputs: ['f3', 'w4', 'b4'],
      outputs: ['logits'],
      attributes: { transposeA: false, transposeB: false },
    },
  ];
  return {
    name: 'small',
    inputs: [{ name: 'image', dtype: 'float32', shape: ['N', 3, 8, 8] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['N', 5] }],
    nodes,
    constants,
    metadata: { author: 'test' },
  };
}

/** `count` batches of `size` random images. */
export function images(count = 4, size = 8, seed = 2): FloatTensor[] {
  const stream = random(seed);
  return Array.from({ length: count }, () => randomNormal([size, 3, 8, 8], stream, 0.3));
}

/** One image with one bad value. */
export function badImage(value: number): FloatTensor {
  const image = new Float32Array(3 * 8 * 8);
  image[7] = value;
  return tensor(image, [1, 3, 8, 8]);
}
