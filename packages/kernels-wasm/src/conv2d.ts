import type { OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { activationCode } from './activation.ts';
import { convolve, convolvePlanes, packGroups } from './convolution.ts';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { evenOffsets, multiplyParts, packedBytes, type Seed } from './product.ts';
import { convolutionWindow, coversImage } from './window.ts';

type Sizes = readonly [number, number, number, number];

/** The window covers the image exactly: a matrix product `[N, K] x [O, K]` transposed. */
function product(
  engine: Engine,
  [x, weight, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  options: OptionsOf<'conv2d'>,
  result: Result,
): void {
  const [m, n] = result.shape as Sizes;
  const k = weight.size / n;
  const activation = activationCode(options.activation);
  const address = bias ? engine.address(bias) : 0;
  if (m === 1) {
    engine.wasm.matvec(engine.address(weight), engine.address(x), address, result.address, n, k);
    engine.wasm.activateAll(result.address, n, ...activation);
    return;
  }
  const rows = engine.scratch(packedBytes(m, k, 4));
  engine.wasm.packRows(engine.address(x), k * 4, 4, m, k, rows);
  const base = engine.arranged(weight, `columns ${n} true`, packedBytes(n, k, 8), (from, to) => {
    engine.wasm.packColumns(from, evenOffsets(engine, k, 4), k, 0, n, n, 0, k * 4, to);
  });
  const seed: Seed = bias ? { kind: 'columns', address } : { kind: 'zero' };
  const columns = { base, offsets: 0, width: n, line: 0, step: 0 };
  multiplyParts(engine, {
    ...{ rows, columns, to: result.address, m, n, k, seed, activation },
  });
}

/** Grouped 2-D cross-correlation. */
export const conv2d: KernelFactory<'conv2d'> = defineKernel(
  'conv2d',
  allFloat32,
  (engine, operands, options, result) => {
    const [x, weight, bias] = operands;
    const { groups } = options;
    const [batch, channels] = x.shape as Sizes;
    const [outputs, perGroup] = weight.shape as Sizes;
    if (coversImage(x.shape, weight.shape, options)) {
      product(engine, operands, options, result);
      return;
    }
    const convolution = {
      ...{ batch, channels, outputs, groups },
      window: convolutionWindow(x.shape, weight.shape, result.shape, options),
      source: engine.address(x),
      bias: bias ? engine.address(bias) : 0,
      activation: activationCode(options.activation),
      to: result.address,
    };
    if (perGroup === 1 && groups > 1) {
      convolvePlanes(engine, convolution, engine.address(weight));
      return;
    }
    const [m, k] = [outputs / groups, weight.size / outputs];
    const bytes = groups * packedBytes(m, k, 4);
    const weights = engine.arranged(weight, `rows ${groups} ${m}`, bytes, (from, to) =>
      packGroups(engine, groups, m, k, from, to),
    );
    convolve(engine, convolution, weights);
  },
);
