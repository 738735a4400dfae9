import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { builder, enter, grid, kernelsOf, leave, node, quantizer, same3 } from './support.ts';

const wide = grid(2 ** -4, 120);

/** A convolution on a grid; `between` makes `a` of its result `cq`, which another convolution reads. */
function network(between: ReturnType<typeof node>[], last = grid(2 ** -5, 30)) {
  const { add, layer, constants, graph, input } = builder([2, 4, 6, 5]);
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  layer('conv2d', 'c', 'xq', [6, 4, 3, 3], same3);
  add(quantizer('c', 'cq', wide), ...between, quantizer('a', 'aq', last));
  layer('conv2d', 'd', 'aq', [3, 6, 3, 3], same3);
  add(quantizer('d', 'y', grid(2 ** -3, 128)));
  return { add, constants, graph, input };
}

test('activations between two grids are a table of codes, with the channels last', async () => {
  const activations = [
    node('hardSwish', ['cq'], 'a', {}),
    node('sigmoid', ['cq'], 'a', {}),
    node('gelu', ['cq'], 'a', { approximate: false }),
    node('leakyRelu', ['cq'], 'a', { alpha: 0.1 }),
  ];
  for (const activation of activations) {
    for (const last of [grid(2 ** -5, 30), grid(2 ** -3, 3, 4), grid(2 ** -4, 0, 8, true)]) {
      const { graph, input } = network([activation], last);
      const expected = [...enter, 'integerConv2d', 'integerLookup', 'integerConv2d', ...leave];
      expect(await kernelsOf(graph('y'), input())).toEqual(expected);
    }
  }
});

test('so are SiLU with a grid of its own inside, and chains with numbers', async () => {
  const silu = [
    node('sigmoid', ['cq'], 's', {}),
    quantizer('s', 'sq', grid(1 / 256)),
    node('mul', ['cq', 'sq'], 'a', {}),
  ];
  const { graph, input } = network(silu);
  const kernels = await kernelsOf(graph('y'), input());
  expect(kernels.filter((kernel) => kernel === 'integerLookup')).toHaveLength(1);
  expect(kernels).not.toContain('mul');

  const numbers = network([
    node('mul', ['cq', 'two'], 'm', {}),
    node('add', ['m', 'three'], 'p', {}),
    node('tanh', ['p'], 'a', {}),
  ]);
  numbers.constants.set('two', tensor([1.7], [1, 1, 1, 1]));
  numbers.constants.set('three', tensor([-0.3], []));
  expect(await kernelsOf(numbers.graph('y'), numbers.input())).toContain('integerLookup');
});

test('a change of grid is a table', async () => {
  const { graph, input } = network([node('identity', ['cq'], 'a', {})]);
  expect(await kernelsOf(graph('y'), input())).toContain('integerLookup');
});

test('what depends on two values or on a constant by channel is none', async () => {
  const two = network([
    node('slice', ['xq'], 'first', {
      starts: [0, 0, 0, 0],
      sizes: [2, 1, 6, 5],
      steps: [1, 1, 1, 1],
    }),
    node('mul', ['cq', 'first'], 'b', {}),
    node('hardSwish', ['b'], 'a', {}),
  ]);
  expect(await kernelsOf(two.graph('y'), two.input())).not.toContain('integerLookup');
  const byChannel = network([node('mul', ['cq', 'scales'], 'a', {})]);
  byChannel.constants.set('scales', tensor([1, 2, 3, 4, 5, 6], [6, 1, 1]));
  expect(await kernelsOf(byChannel.graph('y'), byChannel.input())).not.toContain('integerLookup');
});

test('the value itself is still there for those that read it in float32', async () => {
  const { graph, input } = network([node('hardSwish', ['cq'], 'a', {})]);
  const kernels = await kernelsOf(graph('y', 'a', 'cq'), input());
  expect(kernels).toContain('hardSwish');
  expect(kernels).toContain('integerLookup');
});
