import type { IntegerEpilogueOptions, OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';

/** An integer kernel with its weights, as a layer calls it; which algorithm computes it is chosen afterwards. */
export interface ProductCall {
  /** Name of the graph's node. */
  readonly layer: string;
  readonly kernel: 'integerConv2d' | 'integerMatmul';
  readonly weight: Tensor<'int8'>;
  readonly bias: Tensor<'int32'>;
  readonly multiplier: Tensor;
  readonly options: IntegerEpilogueOptions | OptionsOf<'integerConv2d'>;
  /** Shape of the codes it reads, channels last; `undefined` when the graph leaves it open. */
  readonly shape: readonly number[] | undefined;
}

/** Options of both kernels. */
export type ProductOptions = IntegerEpilogueOptions & Partial<OptionsOf<'integerConv2d'>>;
