import type { KernelName } from '@subbyte/kernels';
import { broadcastStrides, type Tensor } from '@subbyte/tensor';
import { defineFloat, type KernelFactories, type KernelFactory } from './kernel.ts';
import { kernelSource, walk } from './source.ts';

/** A kernel of two operands that broadcast, `expression` of `p` and `q`. */
function binary<K extends KernelName>(kernel: K, expression: string): KernelFactory<K> {
  return defineFloat(kernel, ({ launch, shape }, operands) => {
    const [a, b] = operands as unknown as readonly [Tensor, Tensor];
    const strides = [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape)];
    const { statements, offsets } = walk('i', { sizes: shape, strides }, 'c');
    const body = `${statements}let p = a[${offsets[0]}];\nlet q = b[${offsets[1]}];\nreturn ${expression};`;
    return launch(kernelSource(['a', 'b'], body), [a, b]);
  });
}

/** Kernels of two operands. */
export const binaryKernels: KernelFactories<
  'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'prelu'
> = {
  add: binary('add', 'p + q'),
  sub: binary('sub', 'p - q'),
  mul: binary('mul', 'p * q'),
  div: binary('div', 'p / q'),
  min: binary('min', 'Math.min(p, q)'),
  max: binary('max', 'Math.max(p, q)'),
  prelu: binary('prelu', 'p < 0 ? p * q : p'),
};
