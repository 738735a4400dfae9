import type { BoundedGrid } from '@subbyte/kernels';
import { codeRange, type Quantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';

/** A grid of activations, its codes moved so that they are int8: `(code - zeroPoint) * scale + offset`. */
export interface ActivationGrid extends BoundedGrid {
  /** 0 unless the grid is ternary and has one. */
  readonly offset: number;
}

/** Bounds of real values, as activations that only bound set them. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** No bounds. */
export const unbounded: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** The grid of a uniform or ternary quantizer with one scale, or `undefined`. */
export function activationGrid(quantizer: Quantizer): ActivationGrid | undefined {
  if (quantizer.granularity.kind !== 'perTensor') return undefined;
  if (quantizer.scheme === 'ternary') {
    const [scale, offset] = [quantizer.scale[0] as number, quantizer.offset[0] as number];
    return { scale, zeroPoint: 0, min: -1, max: 1, offset };
  }
  if (quantizer.scheme !== 'uniform') return undefined;
  const { min, max } = codeRange(quantizer);
  const shift = max > 127 ? 128 : 0;
  const [scale, zeroPoint] = [quantizer.scale[0] as number, quantizer.zeroPoint[0] as number];
  return { scale, zeroPoint: zeroPoint - shift, min: min - shift, max: max - shift, offset: 0 };
}

/** Whether both grids give every value the same code. */
export function sameGrid(a: ActivationGrid, b: ActivationGrid): boolean {
  const names = ['scale', 'zeroPoint', 'min', 'max', 'offset'] as const;
  return names.every((name) => a[name] === b[name]);
}

/** The nearest whole number, half to even. */
function roundHalfEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/**
 * The grid with its codes bounded as if values had been: rounding keeps order, so the code of a bounded value
 * is the bounded code.
 */
export function boundGrid(grid: ActivationGrid, { low, high }: Bounds): ActivationGrid {
  const code = (value: number): number => {
    const moved = Math.fround(Math.fround(value) - grid.offset);
    const steps = roundHalfEven(Math.fround(moved / grid.scale));
    return Math.min(Math.max(steps + grid.zeroPoint, grid.min), grid.max);
  };
  return { ...grid, min: code(low), max: code(high) };
}

/** The uniform quantizer per tensor whose codes run from `min` to `max`, or `undefined`. */
export function quantizerOf(
  min: number,
  max: number,
  scale: number,
  zeroPoint: number,
): UniformQuantizer | undefined {
  for (const bits of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
    for (const narrow of [false, true]) {
      const spec = { bits, signed: min < 0, narrow } as const;
      const range = codeRange(spec);
      if (range.min !== min || range.max !== max) continue;
      return {
        ...{ version: 1, scheme: 'uniform', ...spec, granularity: { kind: 'perTensor' } },
        ...{ scaleShape: [], scale: [scale], zeroPoint: [zeroPoint] },
      };
    }
  }
  return undefined;
}

/** Scale and zero point as operands of the quantization kernels. */
export function gridTensors(grid: ActivationGrid): readonly [scale: Tensor, zeroPoint: Tensor] {
  return [tensor([grid.scale], []), tensor([grid.zeroPoint], [], 'int8')];
}
