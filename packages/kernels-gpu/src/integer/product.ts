// Convolutions and matrix products of codes. Weights lie on the device as digits of float32 numbers; sums are exact: below 2^24
// as they are, beyond in two parts.

import { DeviceRefusal, type IntegerConv2dOptions, type OptionsOf } from '@subbyte/kernels';
import { reshape, type Shape, type Tensor } from '@subbyte/tensor';
import type { Launcher } from '../device.ts';
import { defineAny, type KernelFactories, type KernelFactory } from '../kernel.ts';
import { kernelSource, split } from '../source.ts';
import { epilogue } from './epilogue.ts';
import { type Packed, packFormat, packRows, takeDigit } from './pack.ts';

type Sizes = readonly [number, number, number, number];

/** What a product is computed from besides its codes. */
interface Product {
  /** Whole weights `[O, kH, kW, C / groups]`, and what they were made from. */
  readonly weights: ArrayLike<number>;
  readonly weight: Tensor;
  /** `[O, C / groups, kH, kW]` */
  readonly shape: Sizes;
  readonly bias: Tensor;
  readonly multiplier: Tensor;
  readonly residual?: Tensor | undefined;
  readonly options: IntegerConv2dOptions;
}

const byteRange = { int8: [-128, 127], uint8: [0, 255] } as const;

/** Part of a sum that its low part keeps. */
const chunk = 2 ** 16;

/** The largest sum that codes of `x` can give, and the extremes of the weights. */
function boundsOf(x: Tensor, { weights, shape, bias, options }: Product) {
  const [from, to] = options.inputRange ?? byteRange[x.dtype as 'int8' | 'uint8'];
  const most = Math.max(Math.abs(from - options.inputZero), Math.abs(to - options.inputZero));
  const length = weights.length / shape[0];
  const biases = bias.data as Int32Array;
  let [low, high, largest] = [0, 0, 0];
  for (let o = 0; o < shape[0]; o++) {
    let total = Math.abs(biases[o] as number);
    for (let k = o * length; k < (o + 1) * length; k++) {
      const weight = weights[k] as number;
      [low, high] = [Math.min(low, weight), Math.max(high, weight)];
      total += Math.abs(weight) * most;
    }
    largest = Math.max(largest, total);
  }
  return { low, high, largest };
}

/** The convolution of codes `x`, `[N, H, W, C]`, to a result of `result`, `[N, H', W', O]`. */
function convolve(
  launcher: Launcher,
  kernel: string,
  x: Tensor,
  product: Product,
  result: { readonly shape: Shape; readonly as: Shape; readonly dtype: Tensor['dtype'] },
): Tensor {
  const { weights, weight, bias, multiplier, residual, options } = product;
  const [, height, width, channels] = x.shape as Sizes;
  const [outputs, perGroup, taps, across] = product.shape;
  const [, rows, columns] = result.shape as Sizes;
  const { strides, dilations, padding, groups, inputZero } = options;
  const { low, high, largest } = boundsOf(x, product);
  const format = packFormat(low, high);
  if (!format)
    throw new DeviceRefusal(`${kernel}: weights from ${low} to ${high} take over 8 bits`);
  if (largest >= 2 ** 31) throw new DeviceRefusal(`${kernel}: sums may not fit in int32`);
  const wide = largest >= 2 ** 24;
  const wordsPerRow = Math.ceil(weights.length / outputs / format.digits);
  const packed = launcher.derived(
    weight,
    `packed ${outputs} ${format.base} ${format.zero}`,
    (): Packed['words'] => packRows(weights, outputs, format).words,
  );
  const biases = bias.data as Int32Array;
  const b = launcher.derived(bias, wide ? 'in parts' : 'plain', () =>
    wide
      ? Float32Array.from({ length: 2 * outputs }, (_, k) => {
          const value = biases[k >> 1] as number;
          const upper = Math.floor(value / chunk);
          return k % 2 === 0 ? value - upper * chunk : upper;
        })
      : Float32Array.from(biases),
  );
  const body = `${split('i', outputs, 'pixel', 'o')}${split('pixel', columns, 'line', 'column')}${split('line', rows, 'n', 'row')}${split('o', outputs / groups, 'group', 'inGroup')}
let first = group * ${perGroup};
let left = column * ${strides[1]} - ${padding[1]};
let y = row * ${strides[0]} - ${padding[0]};
let at = left;
let c = i * 0;
let kx = i * 0;
let ky = i * 0;
let v = ${wide ? 'b[o * 2]' : 'b[o]'};
${wide ? 'let upper = b[o * 2 + 1];' : ''}
for (let j = 0; j < ${wordsPerRow}; j++) {
  let word = w[o * ${wordsPerRow} + j];
  for (let t = 0; t < ${format.digits}; t++) {
    ${takeDigit(format)}
    if (ky < ${taps} && y >= 0 && y < ${height} && at >= 0 && at < ${width}) {
      v += weight * (x[((n * ${height} + y) * ${width} + at) * ${channels} + first + c] - ${inputZero < 0 ? `(${inputZero})` : inputZero});
    }
    c += 1;
    if (c >= ${perGroup}) {
      c = 0;
      kx += 1;
      at += ${dilations[1]};
      if (kx >= ${across}) {
        kx = 0;
        at = left;
        ky += 1;
        y += ${dilations[0]};
      }
    }
  }
  ${wide ? `let carry = Math.floor(v * ${1 / chunk});\nupper += carry;\nv -= carry * ${chunk};` : ''}
}
${wide ? `v = Math.fround(upper * ${chunk} + v);` : ''}
${epilogue(options)}`;
  const names = ['x', 'w', 'b', 'm', ...(residual ? ['r'] : [])];
  const operands = [x, packed, b, multiplier, ...(residual ? [residual] : [])];
  return launcher.launch(kernel, kernelSource(names, body), operands, result.as, result.dtype);
}

function readable(launcher: Launcher, kernel: string, tensors: readonly Tensor[]): void {
  if (tensors.every(launcher.isReadable)) return;
  throw new DeviceRefusal(`${kernel}: computed weights have no code for a GPU`);
}

function refuseOffsets(kernel: string, offsets: Tensor | undefined): void {
  if (offsets) throw new DeviceRefusal(`${kernel} with offsets has no code for a GPU`);
}

/** Weights `[O, C, kH, kW]` with the channels last. */
function channelsLast(weight: Tensor): Float32Array {
  const [outputs, perGroup, taps, across] = weight.shape as Sizes;
  const from = weight.data as Int8Array;
  const area = taps * across;
  const to = new Float32Array(weight.size);
  for (let o = 0; o < outputs; o++) {
    for (let c = 0; c < perGroup; c++) {
      for (let t = 0; t < area; t++) {
        to[(o * area + t) * perGroup + c] = from[(o * perGroup + c) * area + t] as number;
      }
    }
  }
  return to;
}

/** Convolutions of codes. */
const integerConv2d: KernelFactory<'integerConv2d'> = defineAny(
  'integerConv2d',
  ({ launcher, shape, dtype }, [x, weight, bias, multiplier, residual, offsets], options) => {
    readable(launcher, 'integerConv2d', [weight, bias]);
    refuseOffsets('integerConv2d', offsets);
    const product = {
      ...{ weights: channelsLast(weight), weight, shape: weight.shape as Sizes },
      ...{ bias, multiplier, residual, options },
    };
    return convolve(launcher, 'integerConv2d', x, product, { shape, as: shape, dtype });
  },
);

/** A product of rows as a convolution of one pixel each. */
function multiply(
  launcher: Launcher,
  kernel: string,
  [x, bias, multiplier, residual]: readonly [Tensor, Tensor, Tensor, (Tensor | undefined)?],
  [weights, weight]: readonly [ArrayLike<number>, Tensor],
  options: OptionsOf<'integerMatmul'>,
  result: { readonly shape: Shape; readonly dtype: Tensor['dtype'] },
): Tensor {
  const inputs = x.shape.at(-1) as number;
  const outputs = multiplier.size;
  const pixels = x.size / inputs;
  const product = {
    ...{ weights, weight, shape: [outputs, inputs, 1, 1] as const, bias, multiplier, residual },
    options: {
      ...options,
      ...({ strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const),
    },
  };
  const shape = [pixels, 1, 1, outputs];
  const rows = reshape(x, [pixels, 1, 1, inputs]);
  return convolve(launcher, kernel, rows, product, {
    shape,
    as: result.shape,
    dtype: result.dtype,
  });
}

/** Matrix products of codes. */
const integerMatmul: KernelFactory<'integerMatmul'> = defineAny(
  'integerMatmul',
  ({ launcher, shape, dtype }, [x, weight, bias, multiplier, residual, offsets], options) => {
    readable(launcher, 'integerMatmul', [weight, bias]);
    refuseOffsets('integerMatmul', offsets);
    const weights = weight.data as Int8Array;
    const operands = [x, bias, multiplier, residual] as const;
    const result = { shape, dtype };
    return multiply(launcher, 'integerMatmul', operands, [weights, weight], options, result);
  },
);

/** Matrix products whose weights were packed into bytes. */
const packedMatmul: KernelFactory<'packedMatmul'> = defineAny(
  'packedMatmul',
  ({ launcher, shape, dtype }, [x, weight, bias, multiplier], options) => {
    readable(launcher, 'packedMatmul', [weight, bias]);
    const { bits, weightZero } = options;
    const inputs = x.shape.at(-1) as number;
    const [outputs, rowBytes] = weight.shape as readonly [number, number];
    const bytes = weight.data as Uint8Array;
    const weights = Float32Array.from({ length: outputs * inputs }, (_, index) => {
      const [o, place] = [Math.floor(index / inputs), (index % inputs) * bits];
      // A code may reach into the next byte.
      const first = o * rowBytes + (place >> 3);
      const next = (place & 7) + bits > 8 ? (bytes[first + 1] as number) : 0;
      const both = (bytes[first] as number) | (next << 8);
      return ((both >> (place & 7)) & (2 ** bits - 1)) - weightZero;
    });
    const operands = [x, bias, multiplier] as const;
    const result = { shape, dtype };
    return multiply(launcher, 'packedMatmul', operands, [weights, weight], options, result);
  },
);

/** Kernels on codes. */
export const productKernels: KernelFactories<'integerConv2d' | 'integerMatmul' | 'packedMatmul'> = {
  integerConv2d,
  integerMatmul,
  packedMatmul,
};
