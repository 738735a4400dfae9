import { sameShape } from '@subbyte/tensor';
import { splitAt } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost } from './split.ts';

/** `(x - mean) / sqrt(variance + epsilon) * scale + bias` per channel. */
export const batchNorm: KernelFactory<'batchNorm'> = defineKernel(
  'batchNorm',
  allFloat32,
  (engine, [x, scale, bias, mean, variance], { epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const from = engine.address(x);
    const parameters = [scale, bias, mean, variance].map(engine.address) as [
      number,
      number,
      number,
      number,
    ];
    const image = length * inner;
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const places = [from + first * image * 4, result.address + first * image * 4] as const;
      part.wasm.batchNorm(...places, end - first, length, inner, ...parameters, epsilon);
    });
  },
);

/** Normalises each plane of each sample, then scales per channel. */
export const instanceNorm: KernelFactory<'instanceNorm'> = defineKernel(
  'instanceNorm',
  allFloat32,
  (engine, [x, scale, bias], { epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const [from, factors, shifts] = [x, scale, bias].map(engine.address) as [
      number,
      number,
      number,
    ];
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const at = first * length * inner * 4;
      const sizes = [end - first, length, inner, factors, shifts] as const;
      part.wasm.instanceNorm(from + at, result.address + at, ...sizes, epsilon);
    });
  },
);

/** Normalises over all axes from `axis` on; scale and bias have their shape. */
export const layerNorm: KernelFactory<'layerNorm'> = defineKernel(
  'layerNorm',
  (operands, { axis }) => {
    const [x, scale, bias] = operands;
    const normalized = x.shape.slice(axis);
    return (
      allFloat32(operands) &&
      sameShape(scale.shape, normalized) &&
      (bias === undefined || sameShape(bias.shape, normalized))
    );
  },
  (engine, [x, scale, bias], { axis, epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, axis);
    const [from, factors] = [engine.address(x), engine.address(scale)];
    const shifts = bias ? engine.address(bias) : 0;
    const line = length * inner;
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const at = first * line * 4;
      const sizes = [end - first, line, factors, shifts] as const;
      part.wasm.layerNorm(from + at, result.address + at, ...sizes, epsilon);
    });
  },
);
