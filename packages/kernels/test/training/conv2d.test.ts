import type { Shape, Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { conv2dShape, KernelError, type PlainConv2dOptions, reference } from '../../src/index.ts';
import { expectGradient, float64, stream } from './expect-gradient.ts';

const plain: PlainConv2dOptions = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
};

const layers: readonly (readonly [
  label: string,
  x: Shape,
  weight: Shape,
  options: Partial<PlainConv2dOptions>,
])[] = [
  ['1x1', [2, 3, 4, 3], [4, 3, 1, 1], {}],
  ['3x3 padded', [2, 3, 5, 4], [2, 3, 3, 3], { padding: [1, 1, 1, 1] }],
  ['stride 2 with a leftover row', [1, 2, 6, 7], [3, 2, 3, 3], { strides: [2, 2] }],
  ['strides beyond the kernel', [1, 2, 7, 8], [2, 2, 2, 1], { strides: [3, 4] }],
  [
    'dilated, asymmetric padding',
    [1, 2, 7, 6],
    [2, 2, 3, 2],
    { dilations: [2, 3], padding: [0, 1, 2, 3] },
  ],
  ['2 groups', [2, 4, 4, 5], [6, 2, 3, 2], { groups: 2, padding: [1, 0, 1, 1] }],
  [
    'depthwise, strides 2, 1',
    [1, 4, 6, 5],
    [4, 1, 3, 3],
    { groups: 4, strides: [2, 1], padding: [1, 1, 1, 1] },
  ],
  ['depthwise, two outputs each', [1, 3, 4, 4], [6, 1, 2, 2], { groups: 3 }],
  [
    'everything at once',
    [2, 4, 8, 7],
    [2, 2, 2, 3],
    {
      groups: 2,
      strides: [2, 3],
      dilations: [3, 2],
      padding: [2, 0, 1, 3],
    },
  ],
  ['kernel larger than the input', [1, 1, 2, 3], [2, 1, 5, 5], { padding: [2, 2, 2, 2] }],
  ['padding that a kernel lies in alone', [1, 1, 2, 2], [1, 1, 1, 2], { padding: [2, 2, 2, 2] }],
];

for (const [label, xShape, weightShape, change] of layers) {
  test(`gradients of input and weight: ${label}`, () => {
    const options = { ...plain, ...change };
    const r = stream(label);
    const [x, weight] = [float64(r, xShape), float64(r, weightShape)];
    const gradient = float64(r, conv2dShape(xShape, weightShape, options));
    const forward = ([a, b]: readonly Tensor[]): Tensor =>
      reference.conv2d([a as Tensor, b as Tensor], options);
    const forInput = reference.conv2dInputGradient([gradient, weight], {
      ...options,
      inputShape: xShape,
    });
    expectGradient(forInput, forward, [x, weight], 0, gradient);
    const forWeight = reference.conv2dWeightGradient([x, gradient], { ...options, weightShape });
    expectGradient(forWeight, forward, [x, weight], 1, gradient);
  });
}

test('errors name the gradient kernel and what does not fit', () => {
  const r = stream('errors');
  const [gradient, weight] = [float64(r, [1, 2, 3, 3]), float64(r, [2, 3, 3, 3])];
  const call = (inputShape: Shape) => () =>
    reference.conv2dInputGradient([gradient, weight], { ...plain, inputShape });
  expect(call([1, 3, 6, 5])).toThrow(
    'conv2dInputGradient: gradient has shape [1, 2, 3, 3], expected [1, 2, 4, 3]',
  );
  expect(call([1, 4, 5, 5])).toThrow(/^conv2dInputGradient: conv2d: weight .* 3 input channels/);
  expect(call([1, 3, 5, 5.5])).toThrow(KernelError);
  expect(call([1, 3, 2 ** 30, 2 ** 30])).toThrow(KernelError);
});
