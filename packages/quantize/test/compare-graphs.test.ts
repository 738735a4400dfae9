import type { Graph } from '@subbyte/graph';
import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compareGraphs, quantize } from '../src/index.ts';
import { images, network } from './network.ts';

test('a graph is as close to itself as float32 can tell', async () => {
  const result = await compareGraphs(network(), network(), images(2), { samples: 10 });
  expect(result.samples).toBe(10);
  expect(result.values.map(({ value }) => value)).toEqual(
    network().nodes.flatMap(({ outputs }) => outputs),
  );
  for (const value of [...result.values, ...result.outputs]) {
    expect(value).toMatchObject({ sqnr: 150, meanSquaredError: 0, largestError: 0 });
  }
});

test('the SQNR is the ratio of powers in dB, worst where the damage is', async () => {
  const damaged: Graph = {
    ...network(),
    nodes: network().nodes.map((node) =>
      node.name === 'pool' ? { ...node, inputs: ['half'] } : node,
    ),
    constants: new Map([...network().constants, ['factor', tensor([0.9])]]),
  };
  const index = damaged.nodes.findIndex(({ name }) => name === 'pool');
  const nodes = damaged.nodes.toSpliced(index, 0, {
    op: 'mul',
    name: 'half',
    inputs: ['r2', 'factor'],
    outputs: ['half'],
    attributes: {},
  });
  const { values } = await compareGraphs(network(), { ...damaged, nodes }, images(1));
  const sqnr = new Map(values.map((entry) => [entry.value, entry.sqnr]));
  expect(sqnr.get('r2')).toBe(150);
  // 10 % less: noise is 1 % of the power.
  expect(sqnr.get('pooled')).toBeCloseTo(20, 3);
});

test('values that only one graph has are left out; outputs match by position', async () => {
  const renamed: Graph = {
    ...network(),
    outputs: [{ name: 'scores', dtype: 'float32' }],
    nodes: network().nodes.map((node) =>
      node.name === 'classifier' ? { ...node, outputs: ['scores'] } : node,
    ),
  };
  const { graph } = await quantize(renamed, { weights: { bits: 8 } });
  const { values, outputs } = await compareGraphs(network(), graph, images(1));
  expect(values.map(({ value }) => value)).not.toContain('logits');
  expect(values.map(({ value }) => value)).toContain('r1');
  expect(outputs).toHaveLength(1);
  expect(outputs[0]?.sqnr).toBeGreaterThan(30);
});
