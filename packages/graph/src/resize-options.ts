import type { OptionsOf } from '@subbyte/kernels';
import { normalizeAxis, type Shape } from '@subbyte/tensor';
import { GraphError } from './errors.ts';
import type { StructuralAttributes } from './types.ts';

/**
 * Options of the `resize` kernel from ONNX Resize's `scales` or `sizes` (one of the two) for an
 * input of `shape`. With `sizes` the scale is the ratio of the sizes; with `keepAspect` one scale
 * serves all resized axes and sizes are rounded half up (ONNX Resize-18).
 * @throws GraphError when neither or both are given, or they do not match the axes.
 */
export function resizeOptions(
  attributes: StructuralAttributes['dynamicResize'],
  shape: Shape,
  scales: readonly number[] | undefined,
  sizes: readonly number[] | undefined,
): OptionsOf<'resize'> {
  const { axes: given, keepAspect, ...options } = attributes;
  const axes = given?.map((axis) => normalizeAxis(axis, shape.length)) ?? [...shape.keys()];
  const wanted = [scales ?? [], sizes ?? []].filter((values) => values.length > 0);
  const values = wanted[0];
  if (!values || wanted.length > 1 || values.length !== axes.length) {
    throw new GraphError(
      `resize of [${shape}]: expected scales or sizes for ${axes.length} axes, got ` +
        `[${scales ?? ''}] and [${sizes ?? ''}]`,
    );
  }
  const outputShape = [...shape];
  const outputScales = shape.map(() => 1);
  const bySize = values === sizes;
  const ratios = axes.map((axis, i) =>
    bySize ? (values[i] as number) / (shape[axis] as number) : (values[i] as number),
  );
  const common = keepAspect === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  for (const [i, axis] of axes.entries()) {
    const size = shape[axis] as number;
    const scale = bySize && keepAspect !== 'stretch' ? common : (ratios[i] as number);
    outputScales[axis] = scale;
    if (!bySize) outputShape[axis] = Math.floor(size * scale);
    else if (keepAspect === 'stretch') outputShape[axis] = values[i] as number;
    else outputShape[axis] = Math.floor(size * scale + 0.5);
  }
  return { ...options, shape: outputShape, scales: outputScales };
}
