import { findBlocks, type Graph, isLayer, simplify } from '@subbyte/graph';
import { type UnitNames, unitsOf } from '@subbyte/reconstruct';
import { expect, test } from 'vitest';
import { QuantizeError, quantize } from '../../src/index.ts';
import { images, network } from '../network.ts';

const float = simplify(network(), { activations: ['relu', 'clip'] });
const common = {
  weights: { bits: 3 },
  activations: { bits: 4 },
  calibration: images(2, 4),
} as const;
const { graph } = await quantize(network(), { ...common, biasCorrection: false });
const namesOf = (graphOf: Graph): string[][] =>
  findBlocks(graphOf).map(({ nodes }) =>
    graphOf.nodes
      .filter((node) => nodes.includes(node.name) && isLayer(node))
      .map(({ name }) => name),
  );

test('the layers of the units that are found give the same units', () => {
  const found = unitsOf(graph, float, 'block');
  const byHand = unitsOf(graph, float, 'block', namesOf(float));
  expect(byHand).toEqual(found);
  // The whole network stays the whole network.
  expect(unitsOf(graph, float, 'network', namesOf(float))).toHaveLength(1);
});

test('units by hand have all nodes once, and what they need before them', () => {
  for (const names of [
    [
      ['conv1', 'conv2'],
      ['depthwise', 'classifier'],
    ],
    [['conv1'], ['conv2', 'depthwise'], ['classifier']],
    [['conv1', 'conv2', 'depthwise', 'classifier']],
    // Other nodes may be named: here the addition leaves the unit it would follow.
    [['conv1'], ['conv2'], ['add', 'depthwise', 'classifier']],
  ]) {
    const units = unitsOf(graph, float, 'layer', names);
    const all = units.flatMap((unit) => unit.quantized.nodes.map(({ name }) => name));
    expect(all.toSorted()).toEqual(graph.nodes.map(({ name }) => name).toSorted());
    const made = new Set(graph.inputs.map(({ name }) => name));
    for (const [index, { quantized, layers }] of units.entries()) {
      expect(layers).toEqual(names[index]?.filter((name) => name !== 'add'));
      for (const { name } of quantized.inputs) expect(made).toContain(name);
      for (const { name } of quantized.outputs) made.add(name);
    }
  }
});

test('they are learned one after another', async () => {
  const units = [
    ['conv1', 'conv2'],
    ['depthwise', 'classifier'],
  ];
  const { report } = await quantize(network(), {
    ...common,
    reconstruction: { method: 'adaround', units, iterations: 2, finishIterations: 1, batchSize: 4 },
  });
  const weights = report.units.filter(({ pass }) => pass === 'weights');
  expect(weights.map(({ layers }) => layers)).toEqual(units);
  expect(report.recipe.reconstruction?.units).toEqual(units);
});

test.each<[string, UnitNames, string]>([
  [
    'a name that is none',
    [['conv1', 'conv3'], ['conv2']],
    'units[0] has "conv3": no layer has this name; the nearest are "conv1", "conv2"',
  ],
  [
    'a name given twice',
    [['conv1'], ['conv2', 'conv1'], ['depthwise', 'classifier']],
    'units[1] has "conv1", which units[0] has already: name it once',
  ],
  [
    'a layer left out',
    [['conv1'], ['conv2', 'classifier']],
    'units have no "depthwise": add this layer to one of them',
  ],
  [
    'a wrong order',
    [['conv2'], ['conv1'], ['depthwise', 'classifier']],
    '"conv2" of units[0] reads what "conv1" of units[1] makes: move units[1] before units[0]',
  ],
  [
    'a gap',
    [['conv1', 'depthwise'], ['conv2'], ['classifier']],
    'and units[1] needs units[0]: make one unit of them, or cut units[0] in two',
  ],
  ['no lists', ['conv1'] as never, 'units are no lists of names'],
  ['an empty unit', [['conv1'], []], 'units are no lists of names'],
  ['nothing', [], 'units are no lists of names'],
])('%s is refused before any data is read', async (_, units, message) => {
  const error: QuantizeError = await quantize(network(), {
    ...common,
    calibration: {
      [Symbol.iterator]: () => expect.fail('data were read'),
    },
    reconstruction: { method: 'qdrop', units },
  }).then(
    () => expect.fail('the units are fine'),
    (cause) => cause,
  );
  expect(error.message).toContain(message);
  expect(error).toBeInstanceOf(QuantizeError);
});
