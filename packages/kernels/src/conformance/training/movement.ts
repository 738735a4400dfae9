import { gatherElementsShape, gatherShape, padShape } from '../../shapes/movement.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { elementGathers, gathers } from '../gather.ts';
import { modes, pads, slices } from '../movement.ts';
import { normal, normals, uniform, values, whole } from '../operands.ts';
import { alongEveryAxis } from '../reduction.ts';
import { resizes } from '../resize.ts';

/** Cases of the gradients of softmax and of the kernels that move elements. */
export const movementGradientCases: readonly ConformanceCase[] = [
  ...alongEveryAxis((shape, axis) => [
    defineCase(
      'softmaxGradient',
      `[${shape}] axis ${axis}`,
      (r) => [uniform(r, shape, 0, 1), normal(r, shape)],
      { axis },
      2e-5,
    ),
    defineCase(
      'logSoftmaxGradient',
      `[${shape}] axis ${axis}`,
      (r) => [uniform(r, shape, -9, 0), normal(r, shape)],
      { axis },
      2e-5,
    ),
  ]),
  ...pads.flatMap(([inputShape, before, after]) =>
    modes.map((mode) => {
      const options = { mode, before, after, value: 1.5 };
      return defineCase(
        'padGradient',
        `${mode} [${inputShape}] by [${before}] and [${after}]`,
        normals(padShape(inputShape, options)),
        { ...options, inputShape },
        1e-5,
      );
    }),
  ),
  ...slices.map(([inputShape, starts, sizes, steps]) =>
    defineCase('sliceGradient', `[${inputShape}] from [${starts}] by [${steps}]`, normals(sizes), {
      starts,
      sizes,
      steps,
      inputShape,
    }),
  ),
  ...resizes.map(([label, inputShape, options]) =>
    defineCase(
      'resizeGradient',
      label,
      normals(options.shape),
      { ...options, inputShape },
      options.mode === 'nearest' ? 1e-5 : 5e-5,
    ),
  ),
  ...gathers.flatMap(([inputShape, indices, axis]) =>
    (['int32', 'int64'] as const).map((dtype) =>
      defineCase(
        'gatherGradient',
        `[${indices}] ${dtype} of [${inputShape}] on axis ${axis}`,
        (r) => {
          const size = inputShape[axis] as number;
          return [
            normal(r, gatherShape(inputShape, indices, { axis })),
            whole(r, indices, -size, size - 1, dtype),
          ];
        },
        { axis, inputShape },
        1e-5,
      ),
    ),
  ),
  defineCase(
    'gatherGradient',
    'one index many times',
    (r) => [normal(r, [6, 33]), values([1, 1, -2, 1, 0, 1], 'int64')],
    { axis: 0, inputShape: [3, 33] },
    1e-5,
  ),
  ...elementGathers.map(([inputShape, indices, axis]) =>
    defineCase(
      'gatherElementsGradient',
      `[${indices}] of [${inputShape}] on axis ${axis}`,
      (r) => {
        const size = inputShape[axis] as number;
        return [
          normal(r, gatherElementsShape(inputShape, indices, { axis })),
          whole(r, indices, -size, size - 1, 'int64'),
        ];
      },
      { axis, inputShape },
      1e-5,
    ),
  ),
  defineRejected('softmaxGradient', 'an axis that is not there', normals([3], [3]), { axis: 1 }),
  defineRejected('logSoftmaxGradient', 'shapes that differ', normals([3], [4]), { axis: 0 }),
  defineRejected('padGradient', 'a gradient that is not padded', normals([3]), {
    mode: 'reflect',
    before: [1],
    after: [0],
    value: 0,
    inputShape: [3],
  }),
  defineRejected('sliceGradient', 'elements outside', normals([3]), {
    starts: [1],
    sizes: [3],
    steps: [1],
    inputShape: [3],
  }),
  defineRejected(
    'gatherGradient',
    'an index beyond the axis',
    (r) => [normal(r, [1]), values([3], 'int64')],
    { axis: 0, inputShape: [3] },
  ),
  defineRejected(
    'gatherElementsGradient',
    'indices of another shape',
    (r) => [normal(r, [2]), values([0, 1, 2], 'int64')],
    { axis: 0, inputShape: [3] },
  ),
];
