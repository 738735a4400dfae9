import { isFloat, type Tensor, tensor } from '@subbyte/tensor';
import type { Importers, OnnxNode } from '../node.ts';
import { apply, scalarLike } from './build.ts';

function MatMul(node: OnnxNode): void {
  const options = { transposeA: false, transposeB: false };
  node.emit('matmul', [node.input(0), node.input(1)], options, node.outputs);
}

/** `value` times `factor`; constants are multiplied here and now. */
function scaled(node: OnnxNode, value: string, factor: number): string {
  if (factor === 1) return value;
  const constant = node.constant(value);
  if (constant?.dtype === 'float32') {
    const { data, shape } = constant as Tensor<'float32'>;
    return node.define(
      tensor(
        data.map((element) => element * factor),
        shape,
      ),
    );
  }
  return apply(node, 'mul', value, scalarLike(node, value, factor));
}

/** `alpha * A' * B' + beta * C`. */
function Gemm(node: OnnxNode): void {
  const { attributes } = node;
  const alpha = attributes.float('alpha', 1);
  const beta = attributes.float('beta', 1);
  if (!isFloat(node.type(node.input(0)).dtype) && (alpha !== 1 || beta !== 1)) {
    throw node.error(`alpha ${alpha} and beta ${beta} on integers, expected 1`);
  }
  const a = node.input(0);
  const b = node.input(1);
  // The factor goes to a constant where there is one.
  const scaleA = !node.constant(b) && node.constant(a) !== undefined;
  const operands = scaleA ? [scaled(node, a, alpha), b] : [a, scaled(node, b, alpha)];
  if (node.has(2) && beta !== 0) operands.push(scaled(node, node.input(2), beta));
  const options = {
    transposeA: attributes.flag('transA', false),
    transposeB: attributes.flag('transB', false),
  };
  node.emit('matmul', operands, options, node.outputs);
}

/** Matrix products in float. */
export const linalg: Importers = { MatMul, Gemm };
