import { type ConformanceCase, defineCase, defineRejected } from '../case.ts';
import { normal, normals, values, whole } from '../operands.ts';
import { codes, edges, grids, scales } from '../quantization.ts';

const kernels = [
  ['fakeQuantizeUniformGradient', 0],
  ['fakeQuantizeUniformScaleGradient', 1e-4],
] as const;

/** Cases of the gradients of `fakeQuantizeUniform`. */
export const quantizationGradientCases: readonly ConformanceCase[] = kernels.flatMap(
  ([kernel, tolerance]) => [
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
  ],
);
