import type { KernelName, OptionsOf } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { UnaryFunction } from './functions.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { splitElements } from './split.ts';

/** A function of the module and its two parameters. */
export type UnaryCall = readonly [name: UnaryFunction, p?: number, q?: number];

/** Makes an elementwise kernel of one float32 operand. */
export function defineUnary<K extends KernelName>(
  kernel: K,
  choose: (options: OptionsOf<K>) => UnaryCall,
): KernelFactory<K> {
  return defineKernel(kernel, allFloat32, (engine, operands, options, result) => {
    const [name, p = 0, q = 0] = choose(options);
    const from = engine.address(operands[0] as Tensor);
    splitElements(engine, result.size, (part, at, count) =>
      part.wasm[name](from + at, result.address + at, count, p, q),
    );
  });
}
