import { sameShape, sizeOf } from '@subbyte/tensor';
import { splitAt } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost } from './split.ts';

/** Mean and biased variance per channel. */
export const batchNormStatistics: KernelFactory<'batchNormStatistics'> = defineKernel(
  'batchNormStatistics',
  (operands) => allFloat32(operands) && operands[0].size > 0,
  (engine, [x], _, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const [from, to] = [engine.address(x), result.address];
    engine.split(length, x.size * elementCost, (part, first, end) =>
      part.wasm.batchNormStatistics(from, to, outer, length, inner, first, end),
    );
  },
);

/** Sums of the gradient, and of it times the normalised `x`, per channel. */
export const batchNormParameterGradient: KernelFactory<'batchNormParameterGradient'> = defineKernel(
  'batchNormParameterGradient',
  allFloat32,
  (engine, [x, gradient, statistics], { epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const places = [...[x, gradient, statistics].map(engine.address), result.address] as [
      number,
      number,
      number,
      number,
    ];
    const sizes = [outer, length, inner] as const;
    engine.split(length, x.size * elementCost, (part, first, end) =>
      part.wasm.batchNormParameterGradient(...places, ...sizes, first, end, epsilon),
    );
  },
);

/** Gradient with respect to the images whose statistics normalised them. */
export const batchNormInputGradient: KernelFactory<'batchNormInputGradient'> = defineKernel(
  'batchNormInputGradient',
  allFloat32,
  (engine, [x, gradient, scale, statistics, sums], { epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const [from, slopes] = [engine.address(x), engine.address(gradient)];
    const parameters = [scale, statistics, sums].map(engine.address) as [number, number, number];
    const image = length * inner;
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const at = first * image * 4;
      part.wasm.batchNormInputGradient(
        from + at,
        slopes + at,
        ...parameters,
        result.address + at,
        end - first,
        length,
        inner,
        outer * inner,
        epsilon,
      );
    });
  },
);

/** Gradient with respect to planes that were normalised one by one. */
export const instanceNormInputGradient: KernelFactory<'instanceNormInputGradient'> = defineKernel(
  'instanceNormInputGradient',
  allFloat32,
  (engine, [x, gradient, scale], { epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, 1);
    const [from, slopes, factors] = [x, gradient, scale].map(engine.address) as [
      number,
      number,
      number,
    ];
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const at = first * length * inner * 4;
      const places = [from + at, slopes + at, factors, result.address + at] as const;
      part.wasm.instanceNormInputGradient(...places, end - first, length, inner, epsilon);
    });
  },
);

/** Sums of the gradient, and of it times the normalised `x`, per channel. */
export const instanceNormParameterGradient: KernelFactory<'instanceNormParameterGradient'> =
  defineKernel(
    'instanceNormParameterGradient',
    allFloat32,
    (engine, [x, gradient], { epsilon }, result) => {
      const { outer, length, inner } = splitAt(x.shape, 1);
      engine.wasm.instanceNormParameterGradient(
        engine.address(x),
        engine.address(gradient),
        result.address,
        outer,
        length,
        inner,
        epsilon,
      );
    },
  );

/** Gradient with respect to lines that were normalised one by one. */
export const layerNormInputGradient: KernelFactory<'layerNormInputGradient'> = defineKernel(
  'layerNormInputGradient',
  (operands, { axis }) =>
    allFloat32(operands) && sameShape(operands[2].shape, operands[0].shape.slice(axis)),
  (engine, [x, gradient, scale], { axis, epsilon }, result) => {
    const { outer, length, inner } = splitAt(x.shape, axis);
    const [from, slopes, factors] = [x, gradient, scale].map(engine.address) as [
      number,
      number,
      number,
    ];
    const line = length * inner;
    engine.split(outer, x.size * elementCost, (part, first, end) => {
      const at = first * line * 4;
      const places = [from + at, slopes + at, factors, result.address + at] as const;
      part.wasm.layerNormInputGradient(...places, end - first, line, epsilon);
    });
  },
);

/** Sums of the gradient, and of it times the normalised `x`, over the lines. */
export const layerNormParameterGradient: KernelFactory<'layerNormParameterGradient'> = defineKernel(
  'layerNormParameterGradient',
  allFloat32,
  (engine, [x, gradient], { axis, epsilon }, result) => {
    const count = sizeOf(x.shape.slice(axis));
    engine.wasm.fill(result.address, engine.table([0]), result.size, 4);
    engine.wasm.layerNormParameterGradient(
      engine.address(x),
      engine.address(gradient),
      result.address,
      result.address + count * 4,
      sizeOf(x.shape.slice(0, axis)),
      count,
      epsilon,
    );
  },
);
