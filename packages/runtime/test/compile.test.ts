import { tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compile } from '../src/index.ts';
import {
  builder,
  enter,
  grid,
  kernelsOf,
  leave,
  node,
  perChannel,
  quantizer,
  same3,
} from './support.ts';

test('a convolution with its relu and quantizer is one kernel', async () => {
  for (const activation of [
    undefined,
    { kind: 'relu' },
    { kind: 'clip', min: -1, max: 2 },
  ] as const) {
    const { add, layer, graph, input } = builder([2, 4, 6, 5]);
    add(quantizer('x', 'xq', grid(2 ** -5, 128)));
    layer('conv2d', 'c', 'xq', [6, 4, 3, 3], { ...same3, activation });
    add(quantizer('c', 'y', grid(2 ** -4, 60)));
    expect(await kernelsOf(graph('y'), input())).toEqual([...enter, 'integerConv2d', ...leave]);
  }
});

test('so is one with a relu, or a clip, as nodes of their own', async () => {
  const { add, layer, graph, input } = builder([1, 3, 8, 8]);
  add(quantizer('x', 'xq', grid(2 ** -5, 0, 8, true)));
  layer('conv2d', 'c', 'xq', [5, 3, 3, 3], same3, { bits: 8 });
  add(node('relu', ['c'], 'r', {}), node('clip', ['r'], 'k', { min: -3, max: 1.5 }));
  add(quantizer('k', 'y', grid(2 ** -4, 3, 4)));
  expect(await kernelsOf(graph('y'), input())).toEqual([...enter, 'integerConv2d', ...leave]);
});

test('strides, dilations, groups and depthwise layers', async () => {
  const variants = [
    { ...same3, strides: [2, 2] },
    { ...same3, dilations: [2, 1], padding: [2, 1, 2, 1] },
    { ...same3, groups: 2 },
    { ...same3, groups: 8, strides: [1, 2] },
  ] as const;
  for (const options of variants) {
    const { add, layer, graph, input } = builder([2, 8, 7, 9]);
    add(quantizer('x', 'xq', grid(2 ** -5, 100)));
    layer('conv2d', 'c', 'xq', [8, 8 / options.groups, 3, 3], options);
    add(quantizer('c', 'y', grid(2 ** -4, 128)));
    expect(await kernelsOf(graph('y'), input())).toContain('integerConv2d');
  }
});

test('a residual addition, its relu and both quantizers go into the second convolution', async () => {
  const { add, layer, graph, input } = builder([2, 4, 6, 6]);
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  layer('conv2d', 'c', 'xq', [4, 4, 3, 3], { ...same3, activation: { kind: 'relu' } });
  add(quantizer('c', 'cq', grid(2 ** -4)));
  layer('conv2d', 'd', 'cq', [4, 4, 3, 3], same3);
  add(quantizer('d', 'dq', grid(2 ** -3, 128)), node('add', ['dq', 'xq'], 's', {}));
  add(node('relu', ['s'], 'r', {}), quantizer('r', 'y', grid(2 ** -4)));
  const kernels = await kernelsOf(graph('y'), input());
  expect(kernels).toEqual([...enter, 'integerConv2d', 'integerConv2d', ...leave]);
});

test('an addition without a quantizer before it, and one whose sides are both convolutions', async () => {
  for (const own of [false, true]) {
    const { add, layer, graph, input } = builder([1, 4, 6, 6]);
    add(quantizer('x', 'xq', grid(2 ** -5, 128)));
    layer('conv2d', 'c', 'xq', [8, 4, 3, 3], { ...same3, strides: [2, 2] });
    const strided = { ...same3, strides: [2, 2], padding: [0, 0, 0, 0] } as const;
    layer('conv2d', 'd', 'xq', [8, 4, 1, 1], strided);
    add(quantizer('d', 'dq', grid(2 ** -4, 128)));
    if (own) add(quantizer('c', 'cq', grid(2 ** -4, 100)));
    add(node('add', ['dq', own ? 'cq' : 'c'], 's', {}), quantizer('s', 'y', grid(2 ** -3, 128)));
    const kernels = await kernelsOf(graph('y'), input());
    expect(kernels).toEqual([...enter, 'integerConv2d', 'integerConv2d', ...leave]);
  }
});

test('an addition that broadcasts, or whose operand others read too, stays by itself', async () => {
  for (const kind of ['broadcasts', 'is read', 'is an output'] as const) {
    const { add, layer, graph, input } = builder([1, 4, 6, 6]);
    add(quantizer('x', 'xq', grid(2 ** -5, 128)));
    layer('conv2d', 'c', 'xq', [kind === 'broadcasts' ? 1 : 4, 4, 3, 3], same3);
    add(quantizer('c', 'cq', grid(2 ** -4, 128)), node('add', ['cq', 'xq'], 's', {}));
    add(quantizer('s', 'y', grid(2 ** -3, 128)), node('relu', ['cq'], 'r', {}));
    const outputs = { broadcasts: ['y'], 'is read': ['y', 'r'], 'is an output': ['y', 'cq'] };
    expect(await kernelsOf(graph(...outputs[kind]), input())).toContain('add');
  }
});

test('pools, padding, flatten and matrix products on codes, the last to floats', async () => {
  const { add, layer, graph, input } = builder([2, 3, 8, 8]);
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  layer('conv2d', 'c', 'xq', [4, 3, 3, 3], same3);
  add(quantizer('c', 'cq', grid(2 ** -4, 90)));
  const pool = {
    kernel: [2, 2],
    strides: [2, 2],
    dilations: [1, 1],
    padding: [0, 0, 0, 0],
  } as const;
  add(node('maxPool2d', ['cq'], 'p', { ...pool, ceil: false }));
  // The quantizer of the same grid changes nothing.
  add(quantizer('p', 'pq', grid(2 ** -4, 90)));
  const around = { mode: 'constant', before: [0, 0, 0, 0], after: [0, 1, 0, 0], value: 0 } as const;
  add(node('pad', ['pq'], 'a', around), node('flatten', ['a'], 'f', { axis: 1 }));
  layer('matmul', 'm', 'f', [10, 80], { transposeA: false, transposeB: true });
  const kernels = await kernelsOf(graph('m'), input());
  expect(kernels).toEqual([
    ...[...enter, 'integerConv2d', 'integerMaxPool2d'],
    ...['transpose', 'pad', 'flatten', 'packedMatmul'],
  ]);
});

test('matrix products with weights by column, and a quantizer behind them', async () => {
  const { add, layer, graph, input } = builder([3, 5, 12]);
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  layer(...(['matmul', 'm', 'xq', [12, 7], { transposeA: false, transposeB: false }] as const), {
    axis: 1,
  });
  add(node('relu', ['m'], 'r', {}), quantizer('r', 'y', grid(2 ** -4)));
  const kernels = await kernelsOf(graph('y'), input());
  expect(kernels).toEqual(['quantizeLinear', 'packedMatmul', 'dequantizeLinear']);
});

test('weights with zero points, and the means of codes', async () => {
  const { add, constants, graph, input } = builder([1, 4, 5, 5]);
  constants.set('w', input());
  add(quantizer('x', 'xq', grid(2 ** -5, 128)));
  const moved = { ...perChannel(1, 4), zeroPoint: [-5] };
  add(
    quantizer('w', 'wq', moved),
    node('conv2d', ['xq', 'wq'], 'c', { ...same3, padding: [2, 2, 2, 2] }),
  );
  add(quantizer('c', 'cq', grid(2 ** -2, 128)));
  add(node('reduceMean', ['cq'], 'y', { axes: [2, 3], keepAxes: false }));
  const kernels = await kernelsOf(graph('y'), input());
  expect(kernels).toEqual([...enter, 'integerConv2d', ...leave, 'reduceMean']);
});

test('layers that cannot run on codes run in float32 and say why', async () => {
  const { add, layer, constants, graph, input } = builder([1, 4, 5, 5]);
  layer('conv2d', 'noGrid', 'x', [4, 4, 3, 3], same3);
  add(quantizer('noGrid', 'q', grid(2 ** -4, 128)));
  layer('conv2d', 'silu', 'q', [4, 4, 3, 3], { ...same3, activation: { kind: 'silu' } });
  add(quantizer('silu', 'r', grid(2 ** -4, 128)));
  constants.set('w', input());
  add(node('conv2d', ['r', 'w'], 'floatWeights', { ...same3, groups: 1 }));
  add(quantizer('floatWeights', 's', grid(2 ** -4, 128)));
  layer('conv2d', 'hugeBias', 's', [3, 1, 3, 3], same3);
  constants.set('hugeBias.b', tensor([1e9, 0, 0], [3]));
  const session = await compile(graph('hugeBias'), { clock: () => 0 });
  const reasons = new Map(session.profile().map(({ layer: name, reason }) => [name, reason]));
  expect(reasons.get('noGrid')).toBe('its input is on no grid of at most 8 bits');
  expect(reasons.get('silu')).toBe('its activation is silu');
  expect(reasons.get('floatWeights')).toBe('its weights are not quantized');
  expect(reasons.get('hugeBias')).toBe('its sums do not fit in int32');
  await session.release();
});

test('a graph of QuantizeLinear and DequantizeLinear runs on codes as well', async () => {
  const { add, constants, graph, input } = builder([1, 4, 6, 6]);
  const codes = Array.from({ length: 8 * 4 * 9 }, (_, i) => ((i * 37) % 15) - 7);
  constants.set('w', tensor(codes, [8, 4, 3, 3], 'int8'));
  constants.set('w.scale', tensor(perChannel(8, 4).scale as number[], [8]));
  constants.set(
    'b',
    tensor(
      Array.from({ length: 8 }, (_, o) => o * 3),
      [8],
      'int32',
    ),
  );
  constants.set(
    'b.scale',
    tensor(
      perChannel(8, 4).scale.map((s) => s * 2 ** -5),
      [8],
    ),
  );
  for (const [name, scale] of [
    ['x', 2 ** -5],
    ['y', 2 ** -4],
  ] as const) {
    constants.set(`${name}.scale`, tensor([scale], []));
    constants.set(`${name}.zero`, tensor([128], [], 'uint8'));
  }
  const one = { axis: 0, groupSize: 0 };
  const bytes = { ...one, dtype: 'uint8', min: 0, max: 255 } as const;
  add(node('quantizeLinear', ['x', 'x.scale', 'x.zero'], 'x.codes', bytes));
  add(node('dequantizeLinear', ['x.codes', 'x.scale', 'x.zero'], 'xd', one));
  add(node('dequantizeLinear', ['w', 'w.scale'], 'wd', one));
  add(node('dequantizeLinear', ['b', 'b.scale'], 'bd', one));
  add(node('conv2d', ['xd', 'wd', 'bd'], 'c', same3));
  add(node('quantizeLinear', ['c', 'y.scale', 'y.zero'], 'y.codes', bytes));
  // Seven bits of them: a Clip of codes.
  add(node('clip', ['y.codes'], 'y.clipped', { min: 0, max: 127 }));
  add(node('dequantizeLinear', ['y.clipped', 'y.scale', 'y.zero'], 'y', one));
  constants.set('y.zero', tensor([64], [], 'uint8'));
  expect(await kernelsOf(graph('y'), input())).toEqual([...enter, 'integerConv2d', ...leave]);
});

for (const [fill, expected] of [
  // The zero point is zero: the addition reads codes.
  [128, ['pad', 'transpose', 'integerConv2d', ...leave]],
  // Any other code is a value of its own.
  [3, ['quantizeLinear', 'pad', 'dequantizeLinear', 'add']],
] as const) {
  test(`codes sliced and padded with ${fill} before they are an addition's residual`, async () => {
    const { add, constants, layer, graph, input } = builder([2, 4, 6, 6]);
    constants.set('scale', tensor([2 ** -5], []));
    constants.set('zero', tensor([128], [], 'uint8'));
    const one = { axis: 0, groupSize: 0 };
    const bytes = { ...one, dtype: 'uint8', min: 0, max: 255 } as const;
    const every = [0, 0, 0, 0];
    const slice = { starts: every, sizes: [2, 4, 3, 3], steps: [1, 1, 2, 2] };
    const pad = { mode: 'constant', before: [0, 1, 0, 0], after: [0, 3, 0, 0] } as const;
    add(node('quantizeLinear', ['x', 'scale', 'zero'], 'codes', bytes));
    add(node('dequantizeLinear', ['codes', 'scale', 'zero'], 'xd', one));
    layer('conv2d', 'c', 'xd', [8, 4, 3, 3], { ...same3, strides: [2, 2] });
    add(node('slice', ['codes'], 'sliced', slice));
    add(node('pad', ['sliced'], 'padded', { ...pad, value: fill }));
    add(node('dequantizeLinear', ['padded', 'scale', 'zero'], 'shortcut', one));
    add(quantizer('c', 'cq', grid(2 ** -4, 128)));
    add(node('add', ['cq', 'shortcut'], 's', {}));
    add(quantizer('s', 'y', grid(2 ** -4, 128)));
    const kernels = await kernelsOf(graph('y'), input());
    expect(kernels).toEqual(expect.arrayContaining([...expected]));
    expect(kernels.includes('add')).toBe(fill !== 128);
  });
}

test('a float graph runs as the executor runs it', async () => {
  const { add, constants, graph, input } = builder([2, 3, 6, 6]);
  constants.set(
    'w',
    tensor(
      new Float32Array(4 * 27).map((_, i) => ((i % 11) - 5) / 8),
      [4, 3, 3, 3],
    ),
  );
  add(node('conv2d', ['x', 'w'], 'c', { ...same3, activation: { kind: 'relu' } }));
  add(node('reduceMean', ['c'], 'y', { axes: [2, 3], keepAxes: false }));
  expect(await kernelsOf(graph('y'), input())).toEqual(['conv2d', 'reduceMean']);
});
