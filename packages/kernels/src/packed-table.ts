// Products of a few rows with weights that stay packed in memory: fully connected layers of batch 1 are limited by how fast
// weights arrive.

import type { Tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions } from './integer-table.ts';
import type { Signature } from './table.ts';

/** Bits of a packed weight. */
export type PackedBits = 1 | 2 | 3 | 4 | 8;

/**
 * How packed weights are read: row `o` of the operand `[O, ceil(K * bits / 8)]`, uint8, holds the codes of output `o`
 * one after the other without gaps, the lowest bit first (the bytes of ONNX UINT4, UINT2 and UINT8 tensors, and those of
 * `MatMulNBits`). A weight is its code less `weightZero`.
 */
export interface PackedWeightOptions {
  readonly bits: PackedBits;
  /** 0 to `2^bits - 1`. */
  readonly weightZero: number;
}

/** Options of `packedMatmul`. */
export interface PackedMatmulOptions
  extends PackedWeightOptions,
    Omit<IntegerEpilogueOptions, 'residual'> {}

/** Options of `matmulNBits`. */
export interface MatmulNBitsOptions extends PackedWeightOptions {
  /** Inputs that share a scale, a multiple of 8; the last group may be shorter. At least K: one scale per output. */
  readonly groupSize: number;
}

/** Every kernel with packed weights, its operands and options. */
export interface PackedSignatures {
  /**
   * Codes `[..., K]` with packed weights of `[O, K]`, int32 bias `[O]`, float32 multiplier `[O]` to `[..., O]`: what
   * `integerMatmul` gives for the unpacked weights.
   */
  packedMatmul: Signature<
    readonly [x: Tensor, weight: Tensor, bias: Tensor, multiplier: Tensor],
    PackedMatmulOptions
  >;
  /**
   * Float32 `[..., K]` with packed weights of `[O, K]`, float32 scale `[O, ceil(K / groupSize)]`, float32 bias `[O]` to
   * float32 `[..., O]`. Each row of `x` is put on an int8 grid of its own: `step = max|x| / 127`, codes
   * `clamp(roundHalfEven(x / step), -127, 127)` (at most 0.4 % of the row's largest value away). Sums over a group are
   * exact; then, float32 after each operation, `y = (sum_g float32(sum) * scale[o, g]) * step + bias[o]`, groups in order. A
   * row with an infinite or NaN element gives NaN.
   */
  matmulNBits: Signature<
    readonly [x: Tensor, weight: Tensor, scale: Tensor, bias?: Tensor | undefined],
    MatmulNBitsOptions
  >;
}
