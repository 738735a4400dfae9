import type { Tensor } from '@subbyte/tensor';
import { activate } from './activation.ts';
import { defineFloat, type KernelFactory } from './kernel.ts';
import { kernelSource, split } from './source.ts';
import { decodedWeights } from './weight-only.ts';

type Sizes = readonly [number, number, number, number];

const withBias = (bias: Tensor | undefined): string => (bias ? 'let v = b[o3];\n' : 'let v = 0;\n');

/** Operands that are there. */
const given = (operands: readonly (Tensor | undefined)[]): readonly Tensor[] =>
  operands.filter((operand): operand is Tensor => operand !== undefined);

const names = (bias: Tensor | undefined): readonly string[] =>
  bias ? ['x', 'w', 'b'] : ['x', 'w'];

/** The coordinates of element `i` of `[N, O, H', W']`: n, o, row and column. */
const place = (shape: readonly number[]): string => {
  const [, outputs, rows, columns] = shape as Sizes;
  return `${split('i', columns, 'line', 'column')}${split('line', rows, 'plane', 'row')}${split('plane', outputs, 'n', 'o3')}`;
};

/** Convolutions, one output element a thread. */
export const conv2d: KernelFactory<'conv2d'> = defineFloat(
  'conv2d',
  ({ launcher, launch, shape }, [x, weight, bias], options) => {
    const [, channels, height, width] = x.shape as Sizes;
    const [outputs, perGroup, taps, across] = weight.shape as Sizes;
    const { strides, dilations, padding, groups, activation } = options;
    const codes = launcher.codesOf(weight);
    const decoded = codes && decodedWeights(launcher, weight, codes);
    const start = `${place(shape)}${split('o3', outputs / groups, 'group', 'inGroup')}
let top = row * ${strides[0]} - ${padding[0]};
let left = column * ${strides[1]} - ${padding[1]};
let first = (n * ${channels} + group * ${perGroup}) * ${height};\n`;
    if (decoded) {
      const each = `if (c < ${perGroup} && y >= 0 && y < ${height} && at >= 0 && at < ${width}) {
      v += weight * x[(first + c * ${height} + y) * ${width} + at];
    }
    kx += 1;
    at += ${dilations[1]};
    if (kx >= ${across}) { kx = 0; at = left; ky += 1; y += ${dilations[0]}; }
    if (ky >= ${taps}) { ky = 0; y = top; c += 1; }`;
      const body = `${start}let v = i * 0;
let kx = i * 0;
let ky = i * 0;
let c = i * 0;
let y = top;
let at = left;
${decoded.loop('o3', each)}v = v * scale[o3]${bias ? ' + b[o3]' : ''};
${activate(activation)}return v;`;
      const names = ['x', 'w', 'scale', ...(bias ? ['b'] : [])];
      return launch(kernelSource(names, body), given([x, ...decoded.operands, bias]));
    }
    const body = `${start}${withBias(bias)}let tap = o3 * ${perGroup * taps * across};
for (let c = 0; c < ${perGroup}; c++) {
  for (let ky = 0; ky < ${taps}; ky++) {
    let y = top + ky * ${dilations[0]};
    if (y >= 0 && y < ${height}) {
      for (let kx = 0; kx < ${across}; kx++) {
        let at = left + kx * ${dilations[1]};
        if (at >= 0 && at < ${width}) {
          v += x[(first + c * ${height} + y) * ${width} + at] * w[tap + (c * ${taps} + ky) * ${across} + kx];
        }
      }
    }
  }
}
${activate(activation)}return v;`;
    return launch(kernelSource(names(bias), body), given([x, weight, bias]));
  },
);

/** Transposed convolutions: each output element gathers the inputs that reach it. */
export const convTranspose2d: KernelFactory<'convTranspose2d'> = defineFloat(
  'convTranspose2d',
  ({ launch, shape }, [x, weight, bias], options) => {
    const [, channels, height, width] = x.shape as Sizes;
    const [, perGroup, taps, across] = weight.shape as Sizes;
    const { strides, dilations, padding, groups, activation } = options;
    const perInput = channels / groups;
    // Multiples of the stride that lie in the input.
    const body = `${place(shape)}${split('o3', perGroup, 'group', 'inGroup')}${withBias(bias)}
for (let ky = 0; ky < ${taps}; ky++) {
  let down = row + ${padding[0]} - ky * ${dilations[0]};
  ${split('down', strides[0], 'y', 'restY')}
  if (down >= 0 && restY == 0 && y < ${height}) {
    for (let kx = 0; kx < ${across}; kx++) {
      let along = column + ${padding[1]} - kx * ${dilations[1]};
      ${split('along', strides[1], 'at', 'restX')}
      if (along >= 0 && restX == 0 && at < ${width}) {
        for (let c = 0; c < ${perInput}; c++) {
          let channel = group * ${perInput} + c;
          v += x[((n * ${channels} + channel) * ${height} + y) * ${width} + at] * w[((channel * ${perGroup} + inGroup) * ${taps} + ky) * ${across} + kx];
        }
      }
    }
  }
}
${activate(activation)}return v;`;
    return launch(kernelSource(names(bias), body), given([x, weight, bias]));
  },
);
