import type { Shape } from '@subbyte/tensor';
import type { ResizeOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normals } from './operands.ts';

const plain: Omit<ResizeOptions, 'shape' | 'scales'> = {
  mode: 'nearest',
  coordinates: 'half_pixel',
  nearest: 'round_prefer_floor',
  cubicCoefficient: -0.75,
  excludeOutside: false,
};

const coordinates: readonly ResizeOptions['coordinates'][] = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
];

const roundings: readonly ResizeOptions['nearest'][] = [
  'round_prefer_floor',
  'round_prefer_ceil',
  'floor',
  'ceil',
];

const images: readonly (readonly [x: Shape, shape: Shape])[] = [
  [
    [1, 2, 3, 4],
    [1, 2, 6, 8],
  ],
  [
    [2, 3, 5, 7],
    [2, 3, 8, 5],
  ],
  [
    [1, 1, 4, 4],
    [1, 1, 1, 1],
  ],
  [
    [1, 2, 4, 5],
    [1, 2, 4, 9],
  ],
];

const scalesOf = (x: Shape, shape: Shape): number[] =>
  shape.map((size, axis) => Math.fround(size / (x[axis] as number)));

/** Resizes of every kind: label, shape of the image, options. */
export const resizes: readonly (readonly [label: string, x: Shape, options: ResizeOptions])[] =
  images.flatMap(([x, shape]) =>
    coordinates.flatMap((coordinate) => {
      const options = { ...plain, shape, scales: scalesOf(x, shape), coordinates: coordinate };
      const label = `[${x}] to [${shape}], ${coordinate}`;
      return [
        ...roundings.map(
          (nearest) => [`${label}, ${nearest}`, x, { ...options, nearest }] as const,
        ),
        [`linear ${label}`, x, { ...options, mode: 'linear' }] as const,
        ...[false, true].map(
          (excludeOutside) =>
            [
              `cubic ${label}${excludeOutside ? ', outside excluded' : ''}`,
              x,
              { ...options, mode: 'cubic', excludeOutside },
            ] as const,
        ),
      ];
    }),
  );

/** Cases of `resize`. */
export const resizeCases: readonly ConformanceCase[] = [
  ...resizes.map(([label, x, options]) =>
    defineCase('resize', label, normals(x), options, options.mode === 'nearest' ? 0 : 1e-5),
  ),
  defineCase(
    'resize',
    'linear rank 3',
    normals([2, 3, 4]),
    { ...plain, mode: 'linear', shape: [3, 5, 9], scales: scalesOf([2, 3, 4], [3, 5, 9]) },
    1e-5,
  ),
  defineCase('resize', 'nearest rank 1', normals([5]), {
    ...plain,
    shape: [12],
    scales: [2.5],
  }),
  defineCase('resize', 'empty batch', normals([0, 1, 2, 2]), {
    ...plain,
    shape: [0, 1, 4, 4],
    scales: [1, 1, 2, 2],
  }),
  defineRejected('resize', 'another rank', normals([2, 2]), {
    ...plain,
    shape: [4],
    scales: [2],
  }),
  defineRejected('resize', 'scale 0', normals([2]), {
    ...plain,
    shape: [4],
    scales: [0],
  }),
];
