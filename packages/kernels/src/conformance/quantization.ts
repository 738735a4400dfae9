import type { Random, Shape, Tensor } from '@subbyte/tensor';
import type { GridOptions, QuantizeLinearOptions } from '../options.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normal, normals, uniform, values, whole } from './operands.ts';

/** How scales cover a tensor: label, shapes of tensor and scale, options. */
export const grids: readonly (readonly [
  label: string,
  x: Shape,
  scale: Shape,
  options: GridOptions,
])[] = [
  ['one scale', [3, 5, 7], [], { axis: 0, groupSize: 0 }],
  ['one scale [1]', [1027], [1], { axis: 0, groupSize: 0 }],
  ['a scalar', [], [], { axis: 0, groupSize: 0 }],
  ['per channel, axis 0', [4, 3, 3, 3], [4], { axis: 0, groupSize: 0 }],
  ['per channel, axis 1', [2, 5, 7], [5], { axis: 1, groupSize: 0 }],
  ['per channel, last axis', [6, 9], [9], { axis: 1, groupSize: 0 }],
  ['groups of 4 along axis 1', [3, 8], [3, 2], { axis: 1, groupSize: 4 }],
  ['groups of 4, the last shorter', [3, 10], [3, 3], { axis: 1, groupSize: 4 }],
  ['groups along axis 0', [8, 5], [2, 5], { axis: 0, groupSize: 4 }],
  ['groups along axis 1 of 4', [2, 6, 2, 2], [2, 2, 2, 2], { axis: 1, groupSize: 3 }],
  ['empty', [0, 4], [4], { axis: 1, groupSize: 0 }],
];

/** A range of codes. */
export type Codes = Pick<QuantizeLinearOptions, 'dtype' | 'min' | 'max'>;

/** Ranges of codes. */
export const codes: readonly Codes[] = [
  { dtype: 'uint8', min: 0, max: 255 },
  { dtype: 'int8', min: -128, max: 127 },
  { dtype: 'int8', min: -8, max: 7 },
  { dtype: 'uint8', min: 0, max: 3 },
  { dtype: 'int16', min: -32768, max: 32767 },
  { dtype: 'uint16', min: 0, max: 65535 },
];

const spread = (max: number, min: number): number => 4 / (max - min);

/** Step sizes that leave part of a standard normal tensor outside. */
export const scales = (r: Random, shape: Shape, { min, max }: Codes): Tensor =>
  uniform(r, shape, spread(max, min), 2 * spread(max, min));

/** Ties, infinities and other corners. */
export const edges: readonly number[] = [
  0,
  -0,
  0.25,
  -0.25,
  0.75,
  1.25,
  -0.75,
  -1.25,
  0.1,
  1e30,
  -1e30,
  1e-40,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/** Cases of the quantization kernels: all exact. */
export const quantizationCases: readonly ConformanceCase[] = [
  ...codes.flatMap((code) =>
    grids.flatMap(([grid, x, scale, options]) => {
      const label = `${code.dtype} ${code.min} to ${code.max}, ${grid}`;
      const zero = (r: Random, dtype: Codes['dtype'] | 'float32'): Tensor =>
        whole(r, scale, code.min, code.max, dtype);
      return [
        defineCase(
          'quantizeLinear',
          label,
          (r) => [normal(r, x), scales(r, scale, code), zero(r, code.dtype)],
          { ...options, ...code },
        ),
        defineCase(
          'dequantizeLinear',
          label,
          (r) => [
            whole(r, x, code.min, code.max, code.dtype),
            scales(r, scale, code),
            zero(r, code.dtype),
          ],
          options,
        ),
        defineCase(
          'fakeQuantizeUniform',
          label,
          (r) => [normal(r, x), scales(r, scale, code), zero(r, 'float32')],
          { ...options, min: code.min, max: code.max },
        ),
      ];
    }),
  ),
  ...codes.flatMap((code) => {
    const options = { axis: 0, groupSize: 0, ...code };
    const label = `edges, ${code.dtype} ${code.min} to ${code.max}`;
    return [
      defineCase('quantizeLinear', label, () => [values(edges), values([0.5])], options),
      defineCase(
        'fakeQuantizeUniform',
        label,
        () => [values(edges), values([0.5]), values([1])],
        options,
      ),
    ];
  }),
  defineCase('quantizeLinear', 'int32', (r) => [normal(r, [3, 4]), values([1e-7, 2e-7, 1e-12])], {
    axis: 0,
    groupSize: 0,
    dtype: 'int32',
    min: -(2 ** 31),
    max: 2 ** 31 - 1,
  }),
  defineCase(
    'dequantizeLinear',
    'int32',
    (r) => [whole(r, [9], -(2 ** 31), 2 ** 31 - 1, 'int32'), values([1e-5])],
    { axis: 0, groupSize: 0 },
  ),
  defineRejected('quantizeLinear', 'too few scales', normals([3, 4], [3]), {
    axis: 1,
    groupSize: 0,
    dtype: 'int8',
    min: -128,
    max: 127,
  }),
  defineRejected(
    'fakeQuantizeUniform',
    'a zero point of another shape',
    normals([3, 4], [4], [1]),
    { axis: 1, groupSize: 0, min: 0, max: 255 },
  ),
];
