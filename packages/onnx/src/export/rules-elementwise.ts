import type { ForwardKernelName as KernelName } from '@subbyte/kernels';
import { isFloat, scalar } from '@subbyte/tensor';
import { float, int, text } from './attributes.ts';
import type { Linear } from './rules-linear.ts';
import type { Movement } from './rules-movement.ts';
import type { Pooling } from './rules-pool.ts';
import type { Quantization } from './rules-quantize.ts';
import type { Reduction } from './rules-reduce.ts';
import type { Rule, Rules } from './writer.ts';

/** What is left when the operations of the other tables are taken away. */
type Elementwise = Exclude<KernelName, Linear | Movement | Pooling | Quantization | Reduction>;

/** A rule for an operation that is one ONNX operator without attributes. */
function plain(opType: string, since = 1): Rule<Elementwise> {
  return (node, writer) => {
    writer.require(node, opType, since);
    writer.emit(node, opType);
  };
}

/** One operator since opset 20, spelled out with Erf or Tanh before. */
const gelu: Rule<'gelu'> = (node, writer) => {
  const { approximate } = node.attributes;
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  if (writer.opset >= 20) {
    writer.emit(node, 'Gelu', { approximate: text(approximate ? 'tanh' : 'none') });
    return;
  }
  const constant = (value: number): string =>
    writer.tensor(`${y}/${value}`, scalar(value, 'float32'));
  const inner = approximate
    ? writer.chain(node, x, [
        ['Mul', x],
        ['Mul', constant(0.044715)],
        ['Add', constant(1)],
        ['Mul', x],
        ['Mul', constant(Math.sqrt(2 / Math.PI))],
        ['Tanh'],
      ])
    : writer.chain(node, x, [['Mul', constant(Math.SQRT1_2)], ['Erf']]);
  writer.chain(
    node,
    inner,
    [
      ['Add', constant(1)],
      ['Mul', x],
      ['Mul', constant(0.5)],
    ],
    y,
  );
};

const clip: Rule<'clip'> = (node, writer) => {
  const { min, max } = node.attributes;
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  writer.clip(node, x, y, min, max);
};

/** ONNX Mod knows floats only with the sign of the dividend (`fmod`). */
const mod: Rule<'mod'> = (node, writer) => {
  const [a = '', b = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { truncated } = node.attributes;
  const dtype = writer.types.get(a)?.dtype ?? 'float32';
  if (truncated || !isFloat(dtype)) {
    writer.emit(node, 'Mod', { fmod: int(truncated) });
    return;
  }
  const multiple = writer.chain(node, a, [['Div', b], ['Floor'], ['Mul', b]]);
  writer.node('Sub', [a, multiple], [y], {}, node.name);
};

/** Operations that work on each element. */
export const elementwiseRules: Rules<Elementwise> = {
  abs: plain('Abs'),
  neg: plain('Neg'),
  sign: plain('Sign'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  reciprocal: plain('Reciprocal'),
  floor: plain('Floor'),
  ceil: plain('Ceil'),
  round: plain('Round'),
  sin: plain('Sin'),
  cos: plain('Cos'),
  erf: plain('Erf'),
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  relu: plain('Relu'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  hardSwish: plain('HardSwish'),
  gelu,
  leakyRelu: (node, writer) =>
    writer.emit(node, 'LeakyRelu', { alpha: float(node.attributes.alpha) }),
  elu: (node, writer) => writer.emit(node, 'Elu', { alpha: float(node.attributes.alpha) }),
  celu: (node, writer) => writer.emit(node, 'Celu', { alpha: float(node.attributes.alpha) }),
  selu: (node, writer) =>
    writer.emit(node, 'Selu', {
      alpha: float(node.attributes.alpha),
      gamma: float(node.attributes.gamma),
    }),
  hardSigmoid: (node, writer) =>
    writer.emit(node, 'HardSigmoid', {
      alpha: float(node.attributes.alpha),
      beta: float(node.attributes.beta),
    }),
  clip,
  isNaN: plain('IsNaN'),
  isInf: plain('IsInf'),
  not: plain('Not'),
  bitwiseNot: plain('BitwiseNot', 18),
  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  pow: plain('Pow'),
  mod,
  min: plain('Min'),
  max: plain('Max'),
  prelu: plain('PRelu'),
  bitwiseAnd: plain('BitwiseAnd', 18),
  bitwiseOr: plain('BitwiseOr', 18),
  bitwiseXor: plain('BitwiseXor', 18),
  bitShift: (node, writer) =>
    writer.emit(node, 'BitShift', { direction: text(node.attributes.direction.toUpperCase()) }),
  equal: plain('Equal'),
  less: plain('Less'),
  lessOrEqual: plain('LessOrEqual'),
  greater: plain('Greater'),
  greaterOrEqual: plain('GreaterOrEqual'),
  and: plain('And'),
  or: plain('Or'),
  xor: plain('Xor'),
  where: plain('Where'),
  cast: (node, writer) =>
    writer.emit(node, 'Cast', { to: int(writer.typeCode(node.attributes.dtype)) }),
};
