import {
  forwardKernelNames,
  type Kernel,
  type ForwardKernelName as KernelName,
  kernelDataType,
  kernelShapes,
  kernels,
  type OperandsOf,
} from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { NodeOf } from '../types.ts';
import { mayNeedShapes, resolveOptions } from './resolve-options.ts';
import type { OperationRule } from './rule.ts';

const one: readonly [number, number] = [1, 1];
const two: readonly [number, number] = [2, 2];

/** Operand counts of the kernels that do not take exactly one. */
const operandCounts: { readonly [K in KernelName]?: readonly [number, number] } = {
  matmul: [2, 3],
  conv2d: [2, 3],
  convTranspose2d: [2, 3],
  add: two,
  sub: two,
  mul: two,
  div: two,
  pow: two,
  mod: two,
  min: two,
  max: two,
  prelu: two,
  bitwiseAnd: two,
  bitwiseOr: two,
  bitwiseXor: two,
  bitShift: two,
  equal: two,
  less: two,
  lessOrEqual: two,
  greater: two,
  greaterOrEqual: two,
  and: two,
  or: two,
  xor: two,
  where: [3, 3],
  batchNorm: [5, 5],
  instanceNorm: [3, 3],
  layerNorm: [2, 3],
  concat: [1, Number.POSITIVE_INFINITY],
  gather: two,
  gatherElements: two,
  quantizeLinear: [2, 3],
  dequantizeLinear: [2, 3],
  fakeQuantizeUniform: [3, 3],
};

type KernelNode<K extends KernelName> = NodeOf<K>;

function ruleOf<K extends KernelName>(kernel: K): OperationRule<K> {
  const compute = kernels[kernel] as Kernel<K>;
  const needsShapes = mayNeedShapes(kernel);
  return {
    operands: operandCounts[kernel] ?? one,
    dtypes: (node: KernelNode<K>, dtypes) => [kernelDataType[kernel](dtypes, node.attributes)],
    shapes: (node: KernelNode<K>, operands) => {
      const shapes = operands.map((operand) => operand?.shape);
      const options = resolveOptions(kernel, node.attributes, shapes);
      return [kernelShapes[kernel](shapes, options)];
    },
    run: (node: KernelNode<K>, operands) => {
      if (!needsShapes) return [compute(operands as unknown as OperandsOf<K>, node.attributes)];
      const shapes = operands.map((operand: Tensor | undefined) => operand?.shape);
      const options = resolveOptions(kernel, node.attributes, shapes);
      return [compute(operands as unknown as OperandsOf<K>, options)];
    },
  };
}

/** One rule per kernel, all made alike. */
export const kernelRules: { readonly [K in KernelName]: OperationRule<K> } = Object.fromEntries(
  forwardKernelNames.map((kernel) => [kernel, ruleOf(kernel)]),
) as unknown as { readonly [K in KernelName]: OperationRule<K> };
