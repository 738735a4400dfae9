import { pool2dShape } from '../../shapes/pool.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { normal, normals, whole } from '../operands.ts';
import { plain, pools } from '../pooling.ts';

/** Cases of the gradients of the pooling kernels. */
export const poolingGradientCases: readonly ConformanceCase[] = [
  ...pools.flatMap(([label, inputShape, change]) => {
    const options = { ...plain, ...change };
    const gradient = pool2dShape(inputShape, options);
    return [
      defineCase('maxPool2dGradient', label, normals(inputShape, gradient), options, 1e-5),
      defineCase(
        'maxPool2dGradient',
        `${label}, ties`,
        (r) => [whole(r, inputShape, -1, 1, 'float32'), normal(r, gradient)],
        options,
        1e-5,
      ),
      ...[false, true].map((countPadding) =>
        defineCase(
          'averagePool2dGradient',
          `${label}${countPadding ? ', padding counts' : ''}`,
          normals(gradient),
          { ...options, countPadding, inputShape },
          1e-5,
        ),
      ),
    ];
  }),
  defineRejected(
    'maxPool2dGradient',
    'a gradient too large',
    normals([1, 1, 5, 5], [1, 1, 3, 3]),
    plain,
  ),
  defineRejected('averagePool2dGradient', 'another number of channels', normals([1, 2, 2, 2]), {
    ...plain,
    countPadding: false,
    inputShape: [1, 3, 4, 4],
  }),
];
