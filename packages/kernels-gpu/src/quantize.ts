import { DeviceRefusal, type GridOptions } from '@subbyte/kernels';
import { type Shape, stridesOf, type Tensor } from '@subbyte/tensor';
import { defineAny, defineFloat, type KernelFactories, type KernelFactory } from './kernel.ts';
import { coordinates, kernelSource, literal, roundHalfEven, split, walk } from './source.ts';

/** Statements that put the index of the scale of element `i` into `s`. */
function scaleIndex(shape: Shape, scale: Tensor, { axis, groupSize }: GridOptions): string {
  if (scale.size === 1) return 'let s = i * 0;\n';
  if (groupSize === 0) {
    const strides = shape.map((_, k) => (k === axis ? 1 : 0));
    const { statements, offsets } = walk('i', { sizes: shape, strides: [strides] }, 'p');
    return `${statements}let s = ${offsets[0]};\n`;
  }
  const strides = stridesOf(scale.shape);
  const terms = shape.map((_, k) => `${k === axis ? 'group' : `p${k}`} * ${strides[k]}`);
  return `${coordinates('i', shape, 'p')}${split(`p${axis}`, groupSize, 'group', 'inGroup')}let s = ${terms.join(' + ')};\n`;
}

const parameters = (zeroPoint: Tensor | undefined): readonly string[] =>
  zeroPoint ? ['x', 'scale', 'zero'] : ['x', 'scale'];

const operandsOf = (
  operands: readonly [Tensor, Tensor, (Tensor | undefined)?],
): readonly Tensor[] => {
  const [x, scale, zeroPoint] = operands;
  return zeroPoint ? [x, scale, zeroPoint] : [x, scale];
};

/** Statements that turn `v` into its `code`; what is not a number gives the smallest. */
const encode = (zero: string, min: number, max: number): string =>
  `v = Math.fround(v / scale[s]);
${roundHalfEven('v')}v = v + ${zero};
let code = i * 0 + ${literal(min)};
if (v > ${literal(min)}) { code = Math.min(v, ${literal(max)}); }\n`;

/** float32 to codes. */
const quantizeLinear: KernelFactory<'quantizeLinear'> = defineAny(
  'quantizeLinear',
  ({ launch }, operands, options) => {
    const [x, scale, zeroPoint] = operands;
    if (options.dtype === 'int32') {
      throw new DeviceRefusal('quantizeLinear to int32 has no code for a GPU');
    }
    const zero = zeroPoint ? 'zero[s]' : '0';
    const body = `${scaleIndex(x.shape, scale, options)}let v = x[i];\n${encode(zero, options.min, options.max)}return code;`;
    return launch(kernelSource(parameters(zeroPoint), body), operandsOf(operands));
  },
);

/** Codes to float32. */
const dequantizeLinear: KernelFactory<'dequantizeLinear'> = defineAny(
  'dequantizeLinear',
  ({ launch }, operands, options) => {
    const [codes, scale, zeroPoint] = operands;
    const less = zeroPoint ? ' - zero[s]' : '';
    const body = `${scaleIndex(codes.shape, scale, options)}return Math.fround(x[i]${less}) * scale[s];`;
    return launch(kernelSource(parameters(zeroPoint), body), operandsOf(operands));
  },
);

/** Both in one pass. */
const fakeQuantizeUniform: KernelFactory<'fakeQuantizeUniform'> = defineFloat(
  'fakeQuantizeUniform',
  ({ launch }, operands, options) => {
    const [x, scale] = operands;
    const body = `${scaleIndex(x.shape, scale, options)}let v = x[i];\n${encode('zero[s]', options.min, options.max)}return Math.fround(code - zero[s]) * scale[s];`;
    return launch(kernelSource(['x', 'scale', 'zero'], body), operands);
  },
);

/** Kernels between values and codes. */
export const quantizationKernels: KernelFactories<
  'quantizeLinear' | 'dequantizeLinear' | 'fakeQuantizeUniform'
> = {
  quantizeLinear,
  dequantizeLinear,
  fakeQuantizeUniform,
};
