import type { OperandsOf, OptionsOf } from '@subbyte/kernels';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { isNarrow, isRegular, linesOf } from './quantize.ts';
import { computeReduction } from './reduction.ts';

function accepts(
  operands: OperandsOf<'fakeQuantizeUniformGradient'>,
  options: OptionsOf<'fakeQuantizeUniformGradient'>,
): boolean {
  const [x, scale] = operands;
  return allFloat32(operands) && isNarrow(options) && isRegular(x.shape, scale, options);
}

/** The gradient where nothing is clamped. */
export const fakeQuantizeUniformGradient: KernelFactory<'fakeQuantizeUniformGradient'> =
  defineKernel(
    'fakeQuantizeUniformGradient',
    accepts,
    (engine, [x, scale, zeroPoint, gradient], options, result) => {
      const lines = linesOf(engine, x.shape, scale, zeroPoint, options);
      const { outer, channels, inner, scales, zeros } = lines;
      engine.wasm.fakeQuantizeGradient(
        engine.address(x),
        engine.address(gradient),
        result.address,
        ...([outer, channels, inner, scales, zeros, options.min, options.max] as const),
      );
    },
  );

/** The share of every element, summed over those with one scale. */
export const fakeQuantizeUniformScaleGradient: KernelFactory<'fakeQuantizeUniformScaleGradient'> =
  defineKernel(
    'fakeQuantizeUniformScaleGradient',
    (operands, options) => accepts(operands, options) && operands[0].size > 0,
    (engine, [x, scale, zeroPoint, gradient], options, result) => {
      const { axis, groupSize } = options;
      const lines = linesOf(engine, x.shape, scale, zeroPoint, options);
      const { outer, channels, inner, scales, zeros } = lines;
      const slopes = engine.scratch(x.size * 4);
      engine.wasm.fakeQuantizeSlopes(
        engine.address(x),
        engine.address(gradient),
        slopes,
        ...([outer, channels, inner, scales, zeros, options.min, options.max] as const),
      );
      const grouped = scale.size > 1 && groupSize > 0;
      // Groups become an axis of their own, which is summed.
      const shape = grouped
        ? x.shape.flatMap((n, i) => (i === axis ? [n / groupSize, groupSize] : [n]))
        : [outer, channels, inner];
      const axes = grouped ? [axis + 1] : [0, 2];
      computeReduction(engine, 'reduceSum', { address: slopes, shape }, axes, result);
    },
  );
