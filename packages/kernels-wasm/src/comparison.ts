import type { Tensor } from '@subbyte/tensor';
import { expandedAddress } from './copy.ts';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';

type ComparisonName = 'equal' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual';

/** Makes a comparison of float32 operands from a function of the module, perhaps with its operands swapped. */
function defineComparison<K extends ComparisonName>(
  kernel: K,
  name: 'equal' | 'less' | 'lessOrEqual',
  swapped = false,
): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, _, result) => {
    const [a, b] = operands as readonly [Tensor, Tensor];
    const [first, second] = (swapped ? [b, a] : [a, b]).map((x) =>
      expandedAddress(engine, x, result.shape),
    ) as [number, number];
    engine.wasm[name](first, second, result.address, result.size);
  });
}

/** `a = b`. */
export const equal: KernelFactory<'equal'> = defineComparison('equal', 'equal');

/** `a < b`. */
export const less: KernelFactory<'less'> = defineComparison('less', 'less');

/** `a <= b`. */
export const lessOrEqual: KernelFactory<'lessOrEqual'> = defineComparison(
  'lessOrEqual',
  'lessOrEqual',
);

/** `a > b`. */
export const greater: KernelFactory<'greater'> = defineComparison('greater', 'less', true);

/** `a >= b`. */
export const greaterOrEqual: KernelFactory<'greaterOrEqual'> = defineComparison(
  'greaterOrEqual',
  'lessOrEqual',
  true,
);

/** `condition ? a : b`. */
export const where: KernelFactory<'where'> = defineKernel(
  'where',
  ([, a, b]) => allFloat32([a, b]),
  (engine, operands, _, result) => {
    const [condition, a, b] = operands.map((x) => expandedAddress(engine, x, result.shape)) as [
      number,
      number,
      number,
    ];
    engine.wasm.choose(condition, a, b, result.address, result.size);
  },
);
