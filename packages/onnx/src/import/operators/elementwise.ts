import type { Importer, Importers, OnnxNode } from '../node.ts';
import { apply, finish, type PlainName, same, scalarLike } from './build.ts';

/** Folds any number of operands with a binary operation. */
function variadic(op: PlainName): Importer {
  return (node) => {
    const first = node.input(0);
    const others = node.inputs.slice(1).map((_, i) => node.input(i + 1));
    const last = others.pop();
    const rest = others.reduce((a, b) => apply(node, op, a, b), first);
    if (last) finish(node, op, rest, last);
    else finish(node, 'identity', first);
  };
}

/** Activations with one slope, `alpha`. */
function withAlpha(op: 'leakyRelu' | 'elu' | 'celu', fallback: number): Importer {
  return (node) => {
    const alpha = node.attributes.float('alpha', fallback);
    node.emit(op, [node.input(0)], { alpha }, node.outputs);
  };
}

const largestFloat = 3.4028234663852886e38;

function Clip(node: OnnxNode): void {
  if (node.opset >= 11) {
    node.emit('dynamicClip', node.inputs.slice(0, 3), {}, node.outputs);
    return;
  }
  const min = node.attributes.float('min', -largestFloat);
  const max = node.attributes.float('max', largestFloat);
  node.emit('clip', [node.input(0)], { min, max }, node.outputs);
}

function Mean(node: OnnxNode): void {
  const inputs = node.inputs.map((_, i) => node.input(i));
  const sum = inputs.reduce((a, b) => apply(node, 'add', a, b));
  finish(node, 'div', sum, scalarLike(node, node.input(0), inputs.length));
}

function Mod(node: OnnxNode): void {
  const truncated = node.attributes.flag('fmod', false);
  node.emit('mod', [node.input(0), node.input(1)], { truncated }, node.outputs);
}

function BitShift(node: OnnxNode): void {
  const direction = node.attributes.choice(
    'direction',
    { LEFT: 'left', RIGHT: 'right' } as const,
    '',
  );
  node.emit('bitShift', [node.input(0), node.input(1)], { direction }, node.outputs);
}

function IsInf(node: OnnxNode): void {
  const { attributes } = node;
  const both = attributes.flag('detect_negative', true) && attributes.flag('detect_positive', true);
  if (!both) throw node.error('only both signs of infinity together are supported');
  finish(node, 'isInf', node.input(0));
}

function Gelu(node: OnnxNode): void {
  const approximate = node.attributes.choice('approximate', { none: false, tanh: true }, 'none');
  node.emit('gelu', [node.input(0)], { approximate }, node.outputs);
}

function Selu(node: OnnxNode): void {
  const alpha = node.attributes.float('alpha', 1.6732631921768188);
  const gamma = node.attributes.float('gamma', 1.0507010221481323);
  node.emit('selu', [node.input(0)], { alpha, gamma }, node.outputs);
}

function HardSigmoid(node: OnnxNode): void {
  const alpha = node.attributes.float('alpha', 0.2);
  const beta = node.attributes.float('beta', 0.5);
  node.emit('hardSigmoid', [node.input(0)], { alpha, beta }, node.outputs);
}

function ThresholdedRelu(node: OnnxNode): void {
  const x = node.input(0);
  const alpha = scalarLike(node, x, node.attributes.float('alpha', 1));
  finish(node, 'where', apply(node, 'greater', x, alpha), x, scalarLike(node, x, 0));
}

function Shrink(node: OnnxNode): void {
  const x = node.input(0);
  const threshold = node.attributes.float('lambd', 0.5);
  const bias = scalarLike(node, x, node.attributes.float('bias', 0));
  const above = apply(node, 'greater', x, scalarLike(node, x, threshold));
  const below = apply(node, 'less', x, scalarLike(node, x, -threshold));
  const right = apply(node, 'where', above, apply(node, 'sub', x, bias), scalarLike(node, x, 0));
  finish(node, 'where', below, apply(node, 'add', x, bias), right);
}

function Swish(node: OnnxNode): void {
  const x = node.input(0);
  const alpha = node.attributes.float('alpha', 1);
  const scaled = alpha === 1 ? x : apply(node, 'mul', x, scalarLike(node, x, alpha));
  finish(node, 'mul', x, apply(node, 'sigmoid', scaled));
}

function Mish(node: OnnxNode): void {
  const x = node.input(0);
  finish(node, 'mul', x, apply(node, 'tanh', apply(node, 'softplus', x)));
}

function Tan(node: OnnxNode): void {
  const x = node.input(0);
  finish(node, 'div', apply(node, 'sin', x), apply(node, 'cos', x));
}

/** Operators that work element by element. */
export const elementwise: Importers = {
  Abs: same('abs'),
  Neg: same('neg'),
  Sign: same('sign'),
  Exp: same('exp'),
  Log: same('log'),
  Sqrt: same('sqrt'),
  Reciprocal: same('reciprocal'),
  Floor: same('floor'),
  Ceil: same('ceil'),
  Round: same('round'),
  Sin: same('sin'),
  Cos: same('cos'),
  Tan,
  Erf: same('erf'),
  Tanh: same('tanh'),
  Sigmoid: same('sigmoid'),
  Relu: same('relu'),
  Softplus: same('softplus'),
  Softsign: same('softsign'),
  HardSwish: same('hardSwish'),
  IsNaN: same('isNaN'),
  IsInf,
  Not: same('not'),
  BitwiseNot: same('bitwiseNot'),
  LeakyRelu: withAlpha('leakyRelu', 0.01),
  Elu: withAlpha('elu', 1),
  Celu: withAlpha('celu', 1),
  Selu,
  HardSigmoid,
  Gelu,
  ThresholdedRelu,
  Shrink,
  Swish,
  Mish,
  Clip,
  Add: same('add', 2),
  Sub: same('sub', 2),
  Mul: same('mul', 2),
  Div: same('div', 2),
  Pow: same('pow', 2),
  Mod,
  PRelu: same('prelu', 2),
  Min: variadic('min'),
  Max: variadic('max'),
  Sum: variadic('add'),
  Mean,
  BitShift,
  BitwiseAnd: same('bitwiseAnd', 2),
  BitwiseOr: same('bitwiseOr', 2),
  BitwiseXor: same('bitwiseXor', 2),
  Equal: same('equal', 2),
  Less: same('less', 2),
  LessOrEqual: same('lessOrEqual', 2),
  Greater: same('greater', 2),
  GreaterOrEqual: same('greaterOrEqual', 2),
  And: same('and', 2),
  Or: same('or', 2),
  Xor: same('xor', 2),
  Where: same('where', 3),
};
