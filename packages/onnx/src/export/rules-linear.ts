import type { Conv2dOptions } from '@subbyte/kernels';
import { withActivation } from './activation.ts';
import { type Attributes, int, ints } from './attributes.ts';
import { biasOperand } from './bias-operand.ts';
import type { Named, Rule, Rules, Writer } from './writer.ts';

function convAttributes(
  writer: Writer,
  weight: string,
  { strides, dilations, padding, groups }: Conv2dOptions,
): Attributes {
  const kernel = writer.types.get(weight)?.shape?.slice(2);
  const known = kernel?.every((size) => typeof size === 'number');
  return {
    kernel_shape: known ? ints(kernel as number[]) : undefined,
    strides: ints(strides),
    dilations: ints(dilations),
    pads: ints(padding),
    group: int(groups),
  };
}

const sizeAt = (writer: Writer, value: string, axis: number): number | undefined => {
  const size = writer.types.get(value)?.shape?.[axis];
  return typeof size === 'number' ? size : undefined;
};

const conv2d: Rule<'conv2d'> = (node, writer) => {
  const [x = '', weight = '', bias = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { name, op } = node;
  const features = sizeAt(writer, weight, 0);
  const operand = biasOperand(writer, { name, op, x, weight, bias, channels: 0, features });
  const operands = [x, weight, operand];
  const attributes = convAttributes(writer, weight, node.attributes);
  withActivation(writer, node, node.attributes.activation, y, (output) =>
    writer.node('Conv', operands, [output], attributes, node.name),
  );
};

const convTranspose2d: Rule<'convTranspose2d'> = (node, writer) => {
  const [x = '', weight = '', bias = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { name, op } = node;
  const perGroup = sizeAt(writer, weight, 1);
  const features = perGroup === undefined ? undefined : perGroup * node.attributes.groups;
  const operand = biasOperand(writer, { name, op, x, weight, bias, channels: 1, features });
  const operands = [x, weight, operand];
  const attributes = {
    ...convAttributes(writer, weight, node.attributes),
    output_padding: ints(node.attributes.outputPadding),
  };
  withActivation(writer, node, node.attributes.activation, y, (output) =>
    writer.node('ConvTranspose', operands, [output], attributes, node.name),
  );
};

const rankOf = (writer: Writer, value: string): number | undefined =>
  writer.types.get(value)?.shape?.length;

/** `x` with its last two axes swapped. */
function swapLastAxes(writer: Writer, node: Named, x: string): string {
  const rank = rankOf(writer, x);
  if (rank === undefined || rank < 2) {
    throw writer.unsupported(node, `operand ${x} is read transposed and its rank is not known`);
  }
  const permutation = Array.from({ length: rank }, (_, axis) => axis);
  permutation.splice(-2, 2, rank - 1, rank - 2);
  const swapped = writer.name(`${x}/transposed`);
  writer.node('Transpose', [x], [swapped], { perm: ints(permutation) }, `${node.name}/transpose`);
  return swapped;
}

const matmul: Rule<'matmul'> = (node, writer) => {
  const [a = '', b = '', bias = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { transposeA, transposeB, activation } = node.attributes;
  const integers = writer.types.get(a)?.dtype !== 'float32';
  const matrices = rankOf(writer, a) === 2 && rankOf(writer, b) === 2;
  const biasRank = bias === '' ? 0 : rankOf(writer, bias);
  const plain = !(transposeA || transposeB) && bias === '';

  withActivation(writer, node, activation, y, (output) => {
    if (matrices && !integers && !plain && biasRank !== undefined && biasRank <= 2) {
      const { name, op } = node;
      const channels = transposeB ? 0 : 1;
      const features = sizeAt(writer, b, channels);
      const c = biasOperand(writer, { name, op, x: a, weight: b, bias, channels, features });
      const attributes = { transA: int(transposeA), transB: int(transposeB) };
      writer.node('Gemm', [a, b, c], [output], attributes, node.name);
      return;
    }
    const left = transposeA ? swapLastAxes(writer, node, a) : a;
    const right = transposeB ? swapLastAxes(writer, node, b) : b;
    const product = bias === '' ? output : writer.name(`${y}/product`);
    const small = ['int8', 'uint8'].includes(writer.types.get(a)?.dtype ?? '');
    writer.node(small ? 'MatMulInteger' : 'MatMul', [left, right], [product], {}, node.name);
    if (bias !== '') writer.node('Add', [product, bias], [output], {}, `${node.name}/bias`);
  });
};

/** Convolutions and matrix products. */
export type Linear = 'conv2d' | 'convTranspose2d' | 'matmul';

/** Rules of `Linear`. */
export const linearRules: Rules<Linear> = {
  conv2d,
  convTranspose2d,
  matmul,
};
