import type { Graph, Node } from '@subbyte/graph';
import { perTensor, type UniformQuantizer } from '@subbyte/quantizers';
import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { avoidTies } from '../src/avoid-ties.ts';

const grid = (scale: readonly number[], bits: UniformQuantizer['bits'], signed: boolean) =>
  ({
    version: 1,
    scheme: 'uniform',
    bits,
    signed,
    narrow: false,
    scale,
    zeroPoint: scale.map(() => 0),
    scaleShape: scale.length === 1 ? [] : [scale.length],
    granularity: scale.length === 1 ? perTensor : { kind: 'perChannel', axis: 0 },
  }) satisfies UniformQuantizer;

const put = (from: string, to: string, quantizer: UniformQuantizer): Node => ({
  op: 'fakeQuantize',
  name: `${to} grid`,
  inputs: [from],
  outputs: [to],
  attributes: { quantizer },
});

/** Two channels of four weights; `steps` are theirs, the input's is 0.5 and the result's 1. */
function graphWith(steps: readonly number[]): Graph {
  const codes = [1, -2, 3, 1, -1, 2, 2, -3];
  const weights = codes.map((code, i) => code * (steps[Math.floor(i / 4)] as number));
  return {
    name: 'one layer',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 4, 1, 1] }],
    outputs: [{ name: 'z', dtype: 'float32', shape: ['n', 2, 1, 1] }],
    nodes: [
      put('x', 'x on grid', grid([0.5], 4, false)),
      put('w', 'w on grid', grid(steps, 3, true)),
      {
        op: 'conv2d',
        name: 'layer',
        inputs: ['x on grid', 'w on grid'],
        outputs: ['y'],
        attributes: { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
      },
      { op: 'relu', name: 'relu', inputs: ['y'], outputs: ['r'], attributes: {} },
      put('r', 'z', grid([1], 4, false)),
    ],
    constants: new Map([['w', tensor(new Float32Array(weights), [2, 4, 1, 1])]]),
    metadata: {},
  };
}

function stepsOf(graph: Graph): readonly number[] {
  const node = graph.nodes.find(({ outputs }) => outputs[0] === 'w on grid');
  if (node?.op !== 'fakeQuantize') throw new Error('the weights lost their grid');
  return node.attributes.quantizer.scale;
}

/** The least distance of any reachable sum to the boundary between two codes of the result, in sums. */
function leastDistance(step: number): number {
  let least = 1;
  for (let code = 0; code < 15; code++) {
    const boundary = (code + 0.5) / (step * 0.5);
    if (boundary <= 15 * 8) least = Math.min(least, Math.abs(boundary - Math.round(boundary)));
  }
  return least;
}

test('sums that lie between two codes are moved off the boundary', () => {
  // Steps of 0.5: every second sum of four is the middle of two codes.
  const steps = [0.5, 0.25];
  expect(steps.map(leastDistance)).toEqual([0, 0]);
  const moved = stepsOf(avoidTies(graphWith(steps)));
  for (const [i, step] of moved.entries()) {
    expect(Math.abs(step / (steps[i] as number) - 1)).toBeGreaterThan(0);
    expect(Math.abs(step / (steps[i] as number) - 1)).toBeLessThanOrEqual(2 ** -13);
    expect(leastDistance(step)).toBeGreaterThan(120 * 2 ** -22);
  }
});

test('steps that meet no boundary stay', () => {
  const steps = [0.3137, 0.7219].map(Math.fround);
  expect(Math.min(...steps.map(leastDistance))).toBeGreaterThan(1e-3);
  expect(stepsOf(avoidTies(graphWith(steps)))).toEqual(steps);
});

test('a result that is read in float as well keeps its layer', () => {
  const graph = graphWith([0.5, 0.25]);
  const outputs = [
    ...graph.outputs,
    { name: 'y', dtype: 'float32', shape: ['n', 2, 1, 1] },
  ] as const;
  expect(stepsOf(avoidTies({ ...graph, outputs }))).toEqual([0.5, 0.25]);
});

test('a sum with a constant on a grid is no layer', () => {
  const graph = graphWith([0.5, 0.25]);
  const nodes = graph.nodes.map(
    (node): Node => (node.op === 'conv2d' ? { ...node, op: 'add', attributes: {} } : node),
  );
  expect(stepsOf(avoidTies({ ...graph, nodes }))).toEqual([0.5, 0.25]);
});
