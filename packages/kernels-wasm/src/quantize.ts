import type { GridOptions, OptionsOf } from '@subbyte/kernels';
import { bytesPerElement, type Shape, stridesOf, type Tensor } from '@subbyte/tensor';
import { copyWalk } from './copy.ts';
import type { Engine } from './engine.ts';
import type { DecodeFunction } from './functions.ts';
import { splitAt } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost, splitElements } from './split.ts';

/** Lines of `inner` elements with one scale each; `channels` scales are taken in turn. */
export interface Lines {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
  readonly scales: number;
  readonly zeros: number;
}

/** Whether the groups divide the axis, so that a shape with strides describes them. */
export function isRegular(shape: Shape, scale: Tensor, { axis, groupSize }: GridOptions): boolean {
  return groupSize === 0 || scale.size === 1 || (shape[axis] as number) % groupSize === 0;
}

/** Zero points as float32, zeros when there are none. */
function zeroPoints(engine: Engine, zeroPoint: Tensor | undefined, count: number): number {
  if (zeroPoint?.dtype === 'float32') return engine.address(zeroPoint);
  const values = (zeroPoint?.data ?? new Float32Array(count)) as ArrayLike<number>;
  return engine.table(Float32Array.from(values));
}

/** The lines of a tensor of shape `shape` on the grid of `scale`. */
export function linesOf(
  engine: Engine,
  shape: Shape,
  scale: Tensor,
  zeroPoint: Tensor | undefined,
  { axis, groupSize }: GridOptions,
): Lines {
  const scales = engine.address(scale);
  const zeros = zeroPoints(engine, zeroPoint, scale.size);
  const size = shape.reduce((product, length) => product * length, 1);
  if (scale.size === 1) return { outer: 1, channels: 1, inner: size, scales, zeros };
  if (groupSize === 0) {
    const { outer, length, inner } = splitAt(shape, axis);
    return { outer, channels: length, inner, scales, zeros };
  }
  // Per group: one scale per element, spread out.
  const strides = stridesOf(scale.shape);
  const walk = {
    shape: shape.flatMap((n, i) => (i === axis ? [n / groupSize, groupSize] : [n])),
    strides: strides.flatMap((stride, i) => (i === axis ? [stride, 0] : [stride])),
  };
  const spread = (from: number): number => {
    const to = engine.scratch(size * 4);
    copyWalk(engine, from, to, 4, walk);
    return to;
  };
  return { outer: 1, channels: size, inner: 1, scales: spread(scales), zeros: spread(zeros) };
}

/** Splits float32 elements among the threads; `work` gets the offset in bytes of its own lines. */
export function splitLines(
  engine: Engine,
  lines: Lines,
  work: (engine: Engine, at: number, own: Lines) => void,
): void {
  const { outer, channels, inner } = lines;
  if (outer * channels === 1) {
    splitElements(engine, inner, (part, at, count) => work(part, at, { ...lines, inner: count }));
    return;
  }
  const operations = outer * channels * inner * elementCost;
  if (outer > 1) {
    engine.split(outer, operations, (part, first, end) =>
      work(part, first * channels * inner * 4, { ...lines, outer: end - first }),
    );
    return;
  }
  engine.split(channels, operations, (part, first, end) =>
    work(part, first * inner * 4, {
      ...lines,
      channels: end - first,
      scales: lines.scales + first * 4,
      zeros: lines.zeros + first * 4,
    }),
  );
}

/** Codes beyond this are not exact in float32. */
const exact = 2 ** 23;

/** Whether all codes are exact in float32. */
export const isNarrow = ({ min, max }: { readonly min: number; readonly max: number }): boolean =>
  min >= -exact && max <= exact;

/** `dequantizeLinear(quantizeLinear(x))` in one pass. */
export const fakeQuantizeUniform: KernelFactory<'fakeQuantizeUniform'> = defineKernel(
  'fakeQuantizeUniform',
  (operands, options) =>
    allFloat32(operands) && isNarrow(options) && isRegular(operands[0].shape, operands[1], options),
  (engine, [x, scale, zeroPoint], options, result) => {
    const lines = linesOf(engine, x.shape, scale, zeroPoint, options);
    const { min, max } = options;
    const from = engine.address(x);
    splitLines(engine, lines, (part, at, { outer, channels, inner, scales, zeros }) => {
      const sizes = [outer, channels, inner, scales, zeros] as const;
      part.wasm.fakeQuantize(from + at, result.address + at, ...sizes, min, max);
    });
  },
);

const codeBytes: { readonly [D in OptionsOf<'quantizeLinear'>['dtype']]: 1 | 2 | undefined } = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: undefined,
};

/** float32 to integer codes of 1 or 2 bytes. */
export const quantizeLinear: KernelFactory<'quantizeLinear'> = defineKernel(
  'quantizeLinear',
  ([x, scale], options) =>
    codeBytes[options.dtype] !== undefined && isRegular(x.shape, scale, options),
  (engine, [x, scale, zeroPoint], options, result) => {
    const lines = linesOf(engine, x.shape, scale, zeroPoint, options);
    const { min, max } = options;
    const from = engine.address(x);
    const bytes = codeBytes[options.dtype] as number;
    splitLines(engine, lines, (part, at, { outer, channels, inner, scales, zeros }) => {
      const places = [from + at, result.address + (at / 4) * bytes] as const;
      part.wasm.quantize(...places, outer, channels, inner, scales, zeros, min, max, bytes);
    });
  },
);

const decoders: Readonly<Record<string, DecodeFunction | undefined>> = {
  int8: 'dequantizeInt8',
  uint8: 'dequantizeUint8',
  int16: 'dequantizeInt16',
  uint16: 'dequantizeUint16',
};

/** Integer codes of 1 or 2 bytes to float32. */
export const dequantizeLinear: KernelFactory<'dequantizeLinear'> = defineKernel(
  'dequantizeLinear',
  ([codes, scale], options) =>
    decoders[codes.dtype] !== undefined && isRegular(codes.shape, scale, options),
  (engine, [codes, scale, zeroPoint], options, result) => {
    const lines = linesOf(engine, codes.shape, scale, zeroPoint, options);
    const decode = decoders[codes.dtype] as DecodeFunction;
    const from = engine.address(codes);
    const bytes = bytesPerElement(codes.dtype);
    splitLines(engine, lines, (part, at, { outer, channels, inner, scales, zeros }) => {
      const places = [from + (at / 4) * bytes, result.address + at] as const;
      part.wasm[decode](...places, outer, channels, inner, scales, zeros);
    });
  },
);
