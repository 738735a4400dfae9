import { splitAt } from './grid.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { elementCost } from './split.ts';

/** About what one element costs when it goes through `exp`. */
const exponentialCost = 4 * elementCost;

function define<K extends 'softmax' | 'logSoftmax'>(kernel: K, logarithm: 0 | 1): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, { axis }, result) => {
    const [x] = operands;
    const { outer, length, inner } = splitAt(x.shape, axis);
    const from = engine.address(x);
    engine.split(outer, x.size * exponentialCost, (part, first, end) => {
      const at = first * length * inner * 4;
      const sizes = [end - first, length, inner] as const;
      part.wasm.softmax(from + at, result.address + at, ...sizes, logarithm);
    });
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
    engine.split(outer, y.size * elementCost, (part, first, end) => {
      const at = first * length * inner * 4;
      const sizes = [end - first, length, inner] as const;
      part.wasm.softmaxGradient(from + at, slopes + at, result.address + at, ...sizes, logarithm);
    });
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
