import type { Random, Shape } from '@subbyte/tensor';
import type { OperandsOf } from '../../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { normal, normals, uniform, values, whole } from '../operands.ts';
import { codes, edges, grids, scales } from '../quantization.ts';

const kernels = [
  ['fakeQuantizeUniformGradient', 0],
  ['fakeQuantizeUniformScaleGradient', 1e-4],
] as const;

const dropKernels = [
  ['fakeQuantizeDrop', 0],
  ['fakeQuantizeDropGradient', 0],
  ['fakeQuantizeDropScaleGradient', 1e-4],
] as const;

/** Cases of `fakeQuantizeDrop` and its gradients. */
const dropCases: readonly ConformanceCase[] = dropKernels.flatMap(([kernel, tolerance]) => {
  const operands =
    (shape: Shape, scale: Shape = []) =>
    (r: Random): OperandsOf<typeof kernel> => {
      const forward = [normal(r, shape), uniform(r, scale, 0.05, 0.3), values([3])] as const;
      return kernel === 'fakeQuantizeDrop' ? forward : [...forward, normal(r, shape)];
    };
  return [
    ...[[], [3], [4], [2, 3, 5, 7], [5, 1027], [0, 4]].flatMap((shape) =>
      [0, 0.5, 1].map((probability) =>
        defineCase(
          kernel,
          `${probability} of [${shape}]`,
          operands(shape),
          { min: 0, max: 7, probability, seed: 11 },
          tolerance,
        ),
      ),
    ),
    defineRejected(kernel, 'two scales', operands([3, 4], [2]), {
      min: 0,
      max: 7,
      probability: 0.5,
      seed: 1,
    }),
    defineRejected(kernel, 'a chance beyond 1', operands([3, 4]), {
      min: 0,
      max: 7,
      probability: 1.01,
      seed: 1,
    }),
  ];
});

const uniformCases: readonly ConformanceCase[] = kernels.flatMap(([kernel, tolerance]) => [
  ...codes.flatMap((code) =>
    grids.map(([grid, x, scale, options]) =>
      defineCase(
        kernel,
        `${code.dtype} ${code.min} to ${code.max}, ${grid}`,
        (r) => [
          normal(r, x),
          scales(r, scale, code),
          whole(r, scale, code.min, code.max, 'float32'),
          normal(r, x),
        ],
        { ...options, min: code.min, max: code.max },
        tolerance,
      ),
    ),
  ),
  ...codes.map(({ dtype, min, max }) =>
    defineCase(
      kernel,
      `edges, ${dtype} ${min} to ${max}`,
      (r) => [values(edges), values([0.5]), values([1]), normal(r, [edges.length])],
      { axis: 0, groupSize: 0, min, max },
      tolerance,
    ),
  ),
  defineRejected(kernel, 'a gradient of another shape', normals([3, 4], [4], [4], [4]), {
    axis: 1,
    groupSize: 0,
    min: 0,
    max: 255,
  }),
  defineRejected(kernel, 'too few scales', normals([3, 4], [3], [3], [3, 4]), {
    axis: 1,
    groupSize: 0,
    min: 0,
    max: 255,
  }),
]);

/** Cases of the gradients of fake quantization, and of its random form. */
export const quantizationGradientCases: readonly ConformanceCase[] = [
  ...uniformCases,
  ...dropCases,
];
