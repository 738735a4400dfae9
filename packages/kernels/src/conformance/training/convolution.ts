import type { Shape } from '@subbyte/tensor';
import { conv2dShape } from '../../shapes/conv.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { layers, plain } from '../convolution.ts';
import { normals } from '../operands.ts';

/** The layers of `conv2d`, and what only their gradients meet. */
const plans: typeof layers = [
  ...layers,
  ['rows and columns that no window sees', [1, 2, 8, 9], [3, 2, 2, 2], { strides: [3, 4] }],
  ['strides beyond the kernel', [2, 3, 7, 7], [4, 3, 1, 1], { strides: [3, 2] }],
  [
    '2 groups, dilated, asymmetric padding',
    [2, 4, 9, 8],
    [6, 2, 3, 2],
    { strides: [2, 1], dilations: [2, 3], padding: [0, 2, 3, 1], groups: 2 },
  ],
  ['3x3 of 33 to 17 channels', [2, 33, 8, 8], [17, 33, 3, 3], { padding: [1, 1, 1, 1] }],
  ['one pixel out', [5, 3, 4, 4], [8, 3, 4, 4]],
];

const x: Shape = [1, 4, 5, 5];
const weight: Shape = [2, 4, 3, 3];

/** Cases of the gradients of `conv2d`. */
export const convolutionGradientCases: readonly ConformanceCase[] = [
  ...plans.flatMap(([label, inputShape, weightShape, change]) => {
    const options = { ...plain, ...change };
    const gradient = conv2dShape(inputShape, weightShape, options);
    return [
      defineCase(
        'conv2dInputGradient',
        label,
        normals(gradient, weightShape),
        { ...options, inputShape },
        1e-4,
      ),
      defineCase(
        'conv2dWeightGradient',
        label,
        normals(inputShape, gradient),
        { ...options, weightShape },
        1e-4,
      ),
    ];
  }),
  defineRejected('conv2dInputGradient', 'a gradient too small', normals([1, 2, 2, 3], weight), {
    ...plain,
    inputShape: x,
  }),
  defineRejected('conv2dInputGradient', 'other channels', normals([1, 2, 3, 3], weight), {
    ...plain,
    inputShape: [1, 3, 5, 5],
  }),
  defineRejected('conv2dInputGradient', 'a negative size', normals([1, 2, 3, 3], weight), {
    ...plain,
    inputShape: [-1, 4, 5, 5],
  }),
  defineRejected('conv2dWeightGradient', 'another batch', normals(x, [2, 2, 3, 3]), {
    ...plain,
    weightShape: weight,
  }),
  defineRejected('conv2dWeightGradient', 'groups that do not divide', normals(x, [1, 2, 3, 3]), {
    ...plain,
    groups: 3,
    weightShape: weight,
  }),
];
