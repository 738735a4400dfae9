import type { FakeQuantizeDropOptions, RandomSelectOptions } from '@subbyte/kernels';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { isNarrow } from './quantize.ts';
import { computeReduction } from './reduction.ts';
import { piece, splitElements } from './split.ts';

/** What the module needs for the coins of elements that begin `at` bytes in. */
function coins(
  { probability, seed }: RandomSelectOptions,
  at: number,
): [first: number, threshold: number, always: number] {
  const threshold = Math.ceil(probability * 2 ** 32);
  const first = (Math.imul(seed, 0x9e3779b9) + at / 4) | 0;
  return [first, threshold % 2 ** 32, threshold === 2 ** 32 ? -1 : 0];
}

/** Each element from the one operand or the other. */
export const randomSelect: KernelFactory<'randomSelect'> = defineKernel(
  'randomSelect',
  allFloat32,
  (engine, [a, b], options, result) => {
    const [one, other] = [engine.address(a), engine.address(b)];
    splitElements(engine, result.size, (part, at, count) =>
      part.wasm.randomSelect(
        one + at,
        other + at,
        result.address + at,
        count,
        ...coins(options, at),
      ),
    );
  },
);

const accepts = (
  operands: Parameters<typeof allFloat32>[0],
  options: FakeQuantizeDropOptions,
): boolean => allFloat32(operands) && isNarrow(options);

/** Each element on the grid or as it was. */
export const fakeQuantizeDrop: KernelFactory<'fakeQuantizeDrop'> = defineKernel(
  'fakeQuantizeDrop',
  accepts,
  (engine, [x, scale, zeroPoint], options, result) => {
    const [from, scales, zeros] = [x, scale, zeroPoint].map(engine.address) as [
      number,
      number,
      number,
    ];
    const grid = [scales, zeros, options.min, options.max] as const;
    splitElements(engine, result.size, (part, at, count) =>
      part.wasm.fakeQuantizeDrop(
        from + at,
        result.address + at,
        count,
        ...coins(options, at),
        ...grid,
      ),
    );
  },
);

/** The gradient through each. */
export const fakeQuantizeDropGradient: KernelFactory<'fakeQuantizeDropGradient'> = defineKernel(
  'fakeQuantizeDropGradient',
  accepts,
  (engine, [x, scale, zeroPoint, gradient], options, result) => {
    const [from, slopes] = [engine.address(x), engine.address(gradient)];
    const grid = [
      engine.address(scale),
      engine.address(zeroPoint),
      options.min,
      options.max,
    ] as const;
    splitElements(engine, result.size, (part, at, count) => {
      const places = [from + at, slopes + at, result.address + at] as const;
      part.wasm.fakeQuantizeDropGradient(...places, count, ...coins(options, at), ...grid);
    });
  },
);

/** What those on the grid say of its step. */
export const fakeQuantizeDropScaleGradient: KernelFactory<'fakeQuantizeDropScaleGradient'> =
  defineKernel(
    'fakeQuantizeDropScaleGradient',
    (operands, options) => accepts(operands, options) && operands[0].size > 0,
    (engine, [x, scale, zeroPoint, gradient], options, result) => {
      const [from, slopes] = [engine.address(x), engine.address(gradient)];
      const grid = [
        engine.address(scale),
        engine.address(zeroPoint),
        options.min,
        options.max,
      ] as const;
      const count = Math.ceil(x.size / piece);
      const sums = engine.scratch(count * 4);
      splitElements(engine, x.size, (part, at, length) => {
        const places = [from + at, slopes + at, sums + at / piece] as const;
        part.wasm.fakeQuantizeDropSlopes(...places, length, ...coins(options, at), ...grid);
      });
      computeReduction(engine, 'reduceSum', { address: sums, shape: [count] }, [0], result);
    },
  );
