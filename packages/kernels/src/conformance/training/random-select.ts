import type { Shape } from '@subbyte/tensor';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { normals } from '../operands.ts';

const sizes: readonly Shape[] = [[], [3], [4], [2, 3, 5, 7], [5, 1027], [0, 4]];

/** Cases of `randomSelect`: the coins are the same bit for bit everywhere. */
export const randomSelectCases: readonly ConformanceCase[] = [
  ...sizes.flatMap((shape) => [
    ...[0, 0.25, 0.5, 1].map((probability) =>
      defineCase(
        'randomSelect',
        `${probability} of [${shape}]`,
        normals(shape, shape),
        { probability, seed: 7 },
        0,
      ),
    ),
  ]),
  defineRejected('randomSelect', 'shapes that broadcast', normals([2, 3], [3]), {
    probability: 0.5,
    seed: 1,
  }),
  ...[-0.1, 1.5, Number.NaN].map((probability) =>
    defineRejected('randomSelect', `probability ${probability}`, normals([3], [3]), {
      probability,
      seed: 1,
    }),
  ),
  defineRejected('randomSelect', 'a seed that is not whole', normals([3], [3]), {
    probability: 0.5,
    seed: 0.5,
  }),
];
