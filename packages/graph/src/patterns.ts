// Operations that exporters spell out in simpler ones, as data. Order matters: what is found first
// wins, and later patterns may use what earlier ones made.

import type { Tensor } from '@subbyte/tensor';
import { any, constant, either, type Match, number, op, type Pattern } from './match.ts';
import type { Node, NodeOf, OpAttributes, OpName, ValueType } from './types.ts';

/** What a matched expression becomes: one node that reads `inputs`; absent: leave it alone. */
type Replacement = {
  [Op in OpName]: { op: Op; inputs: readonly string[]; attributes: OpAttributes[Op] };
}[OpName];

/** A pattern and what to put in its place. */
export interface Fusion {
  readonly name: string;
  readonly pattern: Pattern;
  readonly replace: (match: Match, context: FusionContext) => Replacement | undefined;
}

/** What a replacement may look at. */
interface FusionContext {
  readonly types: ReadonlyMap<string, ValueType>;
  readonly constants: ReadonlyMap<string, Tensor>;
}

const x = any('x');
const one = number(1);
const half = number(0.5);
const three = number(3);
const six = number(6);
const sixth = number(1 / 6);

const times = (a: Pattern, b: Pattern): Pattern => op('mul', [a, b]);
const over = (a: Pattern, b: Pattern): Pattern => op('div', [a, b]);
const plus = (a: Pattern, b: Pattern): Pattern => op('add', [a, b]);
const times3 = (a: Pattern, b: Pattern, c: Pattern): Pattern =>
  either(times(times(a, b), c), times(times(a, c), b), times(times(b, c), a));
const clip = (low: number, high: number, inner: Pattern): Pattern =>
  op('clip', [inner], ({ min, max }) => min === low && max === high);

const clipped = clip(0, 6, plus(x, three));
const isHardSwishGate = ({ alpha, beta }: OpAttributes['hardSigmoid']): boolean =>
  Math.abs(alpha - 1 / 6) < 1e-4 && beta === 0.5;

const input = ({ values }: Match): string => values.x as string;

/** Axes counted from the front when they are the last ones in a row; their first. */
function firstOfLastAxes(axes: readonly number[], rank: number): number | undefined {
  const sorted = axes.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  const first = rank - sorted.length;
  return sorted.length > 0 && sorted.every((axis, i) => axis === first + i) ? first : undefined;
}

const mean = (inner: Pattern): Pattern => op('reduceMean', [inner], ({ keepAxes }) => keepAxes);
const centred = op('sub', [x, mean(x)]);
const square = either(op('pow', [centred, number(2)]), times(centred, centred));
const normalised = over(centred, op('sqrt', [plus(mean(square), number('epsilon'))]));

function layerNorm(
  { values, numbers, nodes }: Match,
  context: FusionContext,
): Replacement | undefined {
  const rank = context.types.get(values.x as string)?.shape?.length;
  const firsts = nodes.map((node: Node) =>
    node.op === 'reduceMean' && rank ? firstOfLastAxes(node.attributes.axes, rank) : undefined,
  );
  const means = firsts.filter((_, i) => nodes[i]?.op === 'reduceMean');
  const axis = means[0];
  if (rank === undefined || axis === undefined || means[1] !== axis) return undefined;
  const parameters = [values.scale, values.bias].filter((name) => name !== undefined);
  // Parameters along axes before `axis` are legal for the kernel too, but no layer norm.
  if (
    parameters.some((name) => (context.constants.get(name)?.shape.length ?? rank) > rank - axis)
  ) {
    return undefined;
  }
  const attributes = { axis, epsilon: numbers.epsilon as number };
  return { op: 'layerNorm', inputs: [values.x as string, ...parameters], attributes };
}

function globalPool({ values, nodes }: Match, { types }: FusionContext): Replacement | undefined {
  const pool = nodes[0];
  const shape = types.get(values.x as string)?.shape;
  if (pool?.op !== 'averagePool2d' || shape?.length !== 4) return undefined;
  const { kernel, padding, dilations } = pool.attributes;
  const whole = kernel[0] === shape[2] && kernel[1] === shape[3];
  if (!whole || padding.some((n) => n !== 0) || dilations.some((n) => n !== 1)) return undefined;
  return {
    op: 'reduceMean',
    inputs: [values.x as string],
    attributes: { axes: [2, 3], keepAxes: true },
  };
}

function lastAxisSoftmax(
  { values, nodes }: Match,
  { types }: FusionContext,
): Replacement | undefined {
  const rank = types.get(values.x as string)?.shape?.length;
  const flatten = nodes.find(({ op }) => op === 'flatten') as NodeOf<'flatten'> | undefined;
  const axis = flatten?.attributes.axis;
  if (rank === undefined || (axis !== rank - 1 && axis !== -1)) return undefined;
  return { op: 'softmax', inputs: [values.x as string], attributes: { axis: rank - 1 } };
}

const erfTerm = plus(
  op('erf', [either(over(x, number(Math.SQRT2)), times(x, number(Math.SQRT1_2)))]),
  one,
);

/** All fusions, in the order they are tried. */
export const fusions: readonly Fusion[] = [
  {
    name: 'hardSwish as x * clip(x + 3, 0, 6) / 6',
    pattern: either(
      over(times(x, clipped), six),
      times3(x, clipped, sixth),
      times(over(x, six), clipped),
      times(x, over(clipped, six)),
      times(x, op('hardSigmoid', [x], isHardSwishGate)),
    ),
    replace: (match) => ({ op: 'hardSwish', inputs: [input(match)], attributes: {} }),
  },
  {
    name: 'hardSigmoid as clip(x + 3, 0, 6) / 6',
    pattern: either(over(clipped, six), times(clipped, sixth)),
    replace: (match) => ({
      op: 'hardSigmoid',
      inputs: [input(match)],
      attributes: { alpha: 1 / 6, beta: 0.5 },
    }),
  },
  {
    name: 'hardSigmoid as clip(a x + b, 0, 1)',
    pattern: clip(0, 1, plus(times(x, number('alpha')), number('beta'))),
    replace: (match) => ({
      op: 'hardSigmoid',
      inputs: [input(match)],
      attributes: {
        alpha: match.numbers.alpha as number,
        beta: match.numbers.beta as number,
      },
    }),
  },
  {
    name: 'gelu as x (1 + erf(x / √2)) / 2',
    pattern: either(times3(x, erfTerm, half), over(times(x, erfTerm), number(2))),
    replace: (match) => ({
      op: 'gelu',
      inputs: [input(match)],
      attributes: { approximate: false },
    }),
  },
  {
    name: 'layerNorm with scale and bias',
    pattern: plus(times(normalised, constant('scale')), constant('bias')),
    replace: layerNorm,
  },
  {
    name: 'layerNorm with scale',
    pattern: times(normalised, constant('scale')),
    replace: layerNorm,
  },
  {
    name: 'softmax over the last axis by way of rank 2 (ONNX before opset 13)',
    pattern: op('dynamicReshape', [
      op('softmax', [op('flatten', [x])], ({ axis }) => axis === 1 || axis === -1),
      op('shape', [x], ({ start, end }) => start === 0 && end === undefined),
    ]),
    replace: lastAxisSoftmax,
  },
  {
    name: 'average pool over the whole plane',
    pattern: op('averagePool2d', [x]),
    replace: globalPool,
  },
];
