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

function defineGradient<K extends 'softmaxGradient' | 'logSoftmaxGradient'>(
  kernel: K,
  logarithm: 0 | 1,
): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, { axis }, result) => {
    const [y, gradient] = operands;
    const { outer, length, inner } = splitAt(y.shape, axis);
    const [from, slopes] = [engine.address(y), engine.address(gradient)];
    const sizes = [outer, length, inner] as const;
    engine.wasm.softmaxGradient(from, slopes, result.address, ...sizes, logarithm);
  });
}

/** `y * (gradient - sum(gradient * y))` along `axis`. */
export const softmaxGradient: KernelFactory<'softmaxGradient'> = defineGradient(
  'softmaxGradient',
  0,
);

/** `gradient - exp(y) * sum(gradient)` along `axis`. */
export const logSoftmaxGradient: KernelFactory<'logSoftmaxGradient'> = defineGradient(
  'logSoftmaxGradient',
  1,
);
