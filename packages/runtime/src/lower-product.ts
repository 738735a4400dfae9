import {
  getBackend,
  type IntegerEpilogueOptions,
  type IntegerOutput,
  kernels,
  type OperandsOf,
} from '@subbyte/kernels';
import { type Tensor, tensor } from '@subbyte/tensor';
import { RuntimeError } from './errors.ts';
import type { Product } from './find-products.ts';
import { boundGrid } from './grid.ts';
import { packWeights } from './pack-weights.ts';
import type { ProductCall } from './product-call.ts';

type Operands = OperandsOf<'integerMatmul'>;

/** A product as a kernel call: operands are the codes, `constants` in order, the residual's codes. */
export interface LoweredProduct {
  readonly kernel: 'integerConv2d' | 'integerMatmul' | 'packedMatmul';
  readonly constants: readonly (readonly [role: string, tensor: Tensor])[];
  /** What algorithms are chosen for; `undefined`: there is one only. */
  readonly call: ProductCall | undefined;
  readonly compute: (operands: readonly Tensor[], algorithm: string | undefined) => Tensor;
}

/**
 * What the kernel adds to `sum * multiplier` where a grid of `product` has an offset (rows as in `IntegerEpilogueOptions`), in
 * steps of `next`; `undefined` where none has.
 */
function offsetsOf({ layer, grid }: Product, next: number): Tensor | undefined {
  const { weights, inputGrid } = layer;
  const { scales, offsets = new Float32Array(scales.length) } = weights;
  const after = grid?.offset ?? 0;
  if (!weights.offsets && inputGrid.offset === 0 && after === 0) return undefined;
  const rows = [
    offsets.map((offset) => (offset * inputGrid.scale) / next),
    scales.map((scale) => (scale * inputGrid.offset) / next),
    offsets.map((offset) => (offset * inputGrid.offset) / next),
    scales.map(() => -after / next),
  ];
  return tensor(
    rows.flatMap((row) => Array.from(row)),
    [4, scales.length],
  );
}

/** Whether the backend expects to be faster by the bits of the operands than by bytes, which is what packed weights become. */
function hasFewBits(weight: Tensor, options: IntegerEpilogueOptions): boolean {
  const [first = 'dot'] = getBackend()?.algorithms?.(weight, options) ?? [];
  return first !== 'dot' && first !== 'words';
}

/**
 * Weights, multipliers and options with which an integer kernel computes `product` from codes of `shape`, if that
 * is known.
 */
export function lowerProduct(
  product: Product,
  shape: readonly number[] | undefined,
): LoweredProduct {
  const { layer, residual, bounds, grid } = product;
  const { node, weights, bias, inputGrid } = layer;
  const own = residual?.own && boundGrid(residual.own.grid, residual.own.bounds);
  // The step of the grid that comes next; a residual without one is added in real units.
  const next = residual ? (own?.scale ?? 1) : (grid?.scale ?? 1);
  const multiplier = tensor(
    weights.scales.map((scale) => Math.fround((scale * inputGrid.scale) / next)),
    [weights.scales.length],
  );
  const offsets = offsetsOf(product, next);
  const factors = [multiplier, ...(offsets ? [offsets] : [])];
  if (!factors.every(({ data }) => (data as Float32Array).every(Number.isFinite))) {
    throw new RuntimeError(
      `layer "${node.name}": steps ${inputGrid.scale} and ${next} lie too far apart for float32`,
    );
  }
  const output: IntegerOutput = grid
    ? { dtype: 'int8', ...boundGrid(grid, bounds) }
    : { dtype: 'float32', zeroPoint: 0, min: bounds.low, max: bounds.high };
  const options: IntegerEpilogueOptions = {
    inputZero: inputGrid.zeroPoint,
    inputRange: [inputGrid.min, inputGrid.max],
    output: {
      dtype: output.dtype,
      zeroPoint: output.zeroPoint,
      min: output.min,
      max: output.max,
    },
    residual: residual && { grid: residual.grid, own, step: grid?.scale ?? 1 },
  };
  const constants = [
    ['weights', weights.codes],
    ['bias', bias],
    ['multiplier', multiplier],
    ...(offsets ? ([['offsets', offsets]] as const) : []),
  ] as const;
  /** Operands in the kernel's order: offsets come after what is added. */
  const inOrder = ([x, w, b, m, ...rest]: readonly Tensor[]): Operands =>
    [x, w, b, m, ...(offsets ? [rest[1], rest[0]] : rest)] as unknown as Operands;
  const call = { layer: node.name, shape, weight: weights.codes, bias, multiplier };
  type PackedOperands = OperandsOf<'packedMatmul'>;
  if (node.op === 'matmul') {
    const [outputs, inputs] = weights.codes.shape as readonly [number, number];
    const packs = !offsets && !hasFewBits(weights.codes, options);
    const packed = packs ? packWeights(weights.codes.data, [outputs, inputs], 4) : undefined;
    if (packed) {
      const all = { inputZero: options.inputZero, output: options.output, ...packed.options };
      return {
        kernel: 'packedMatmul',
        call: undefined,
        constants: [['packed weights', packed.packed], ...constants.slice(1)],
        compute: (operands) => kernels.packedMatmul(operands as unknown as PackedOperands, all),
      };
    }
    const kernel = 'integerMatmul';
    return {
      ...{ kernel, constants, call: { ...call, kernel, options } },
      compute: (operands, algorithm) =>
        kernels.integerMatmul(inOrder(operands), { ...options, algorithm }),
    };
  }
  const { strides, dilations, padding, groups } = node.attributes;
  const all = { ...options, strides, dilations, padding, groups };
  const kernel = 'integerConv2d';
  return {
    ...{ kernel, constants, call: { ...call, kernel, options: all } },
    compute: (operands, algorithm) =>
      kernels.integerConv2d(inOrder(operands), { ...all, algorithm }),
  };
}
