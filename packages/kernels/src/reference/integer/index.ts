import type { IntegerKernelName, Kernel } from '../../table.ts';
import { integerLookup } from './lookup.ts';
import { integerMaxPool2d } from './max-pool2d.ts';
import { matmulNBits, packedMatmul } from './packed.ts';
import { integerConv2d, integerMatmul } from './product.ts';

/** Every integer kernel in plain TypeScript. */
export const integerReference: { readonly [K in IntegerKernelName]: Kernel<K> } = {
  integerConv2d,
  integerMatmul,
  integerLookup,
  integerMaxPool2d,
  matmulNBits,
  packedMatmul,
};
