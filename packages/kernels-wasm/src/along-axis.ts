import { splitAt } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';

function define<K extends 'softmax' | 'logSoftmax'>(kernel: K, logarithm: 0 | 1): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, { axis }, result) => {
    const [x] = operands;
    const { outer, length, inner } = splitAt(x.shape, axis);
    engine.wasm.softmax(engine.address(x), result.address, outer, length, inner, logarithm);
  });
}

/** `e^x / sum(e^x)` along `axis`. */
export const softmax: KernelFactory<'softmax'> = define('softmax', 0);

/** `x - log(sum(e^x))` along `axis`. */
export const logSoftmax: KernelFactory<'logSoftmax'> = define('logSoftmax', 1);
