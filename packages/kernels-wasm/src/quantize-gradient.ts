import type { OperandsOf, OptionsOf } from '@subbyte/kernels';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { isNarrow, isRegular, linesOf, splitLines } from './quantize.ts';
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
      const { min, max } = options;
      const [from, slopes] = [engine.address(x), engine.address(gradient)];
      splitLines(engine, lines, (part, at, { outer, channels, inner, scales, zeros }) => {
        const sizes = [outer, channels, inner, scales, zeros] as const;
        const places = [from + at, slopes + at, result.address + at] as const;
        part.wasm.fakeQuantizeGradient(...places, ...sizes, min, max);
      });
    },
  );

/** The share of every element, summed over those with one scale. */
export const fakeQuantizeUniformScaleGradient: KernelFactory<'fakeQuantizeUniformScaleGradient'> =
  defineKernel(
    'fakeQuantizeUniformScaleGradient',
    (operands, options) => accepts(operands, options) && operands[0].size > 0,
    (engine, [x, scale, zeroPoint, gradient], options, result) => {
      const { axis, groupSize, min, max } = options;
      const lines = linesOf(engine, x.shape, scale, zeroPoint, options);
      const [from, slopes] = [engine.address(x), engine.address(gradient)];
      const shares = engine.scratch(x.size * 4);
      splitLines(engine, lines, (part, at, { outer, channels, inner, scales, zeros }) => {
        const sizes = [outer, channels, inner, scales, zeros] as const;
        const places = [from + at, slopes + at, shares + at] as const;
        part.wasm.fakeQuantizeSlopes(...places, ...sizes, min, max);
      });
      const grouped = scale.size > 1 && groupSize > 0;
      // Groups become an axis of their own, which is summed.
      const shape = grouped
        ? x.shape.flatMap((n, i) => (i === axis ? [n / groupSize, groupSize] : [n]))
        : [lines.outer, lines.channels, lines.inner];
      const axes = grouped ? [axis + 1] : [0, 2];
      computeReduction(engine, 'reduceSum', { address: shares, shape }, axes, result);
    },
  );
