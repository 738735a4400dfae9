import type { Node, NodeOf, OpName } from './types.ts';

/**
 * What an operation does with grids. Its first operand is its data.
 * - `integer`: engines compute it on codes when operands and result are on grids.
 * - `product`: engines multiply codes and give floats; only the operands need grids.
 * - `layout`: moves elements about; its result is on the grid of its operand.
 * - `float`: computed on floats; grids around it come from its neighbours.
 */
export type Placement = 'integer' | 'product' | 'layout' | 'float';

type Rule<Op extends OpName> = Placement | ((node: NodeOf<Op>) => Placement);

const resizePlacement = ({ mode }: { readonly mode: string }): Placement =>
  // Cubic weights overshoot the range of their operand.
  mode === 'cubic' ? 'float' : 'layout';

const rules: { readonly [Op in OpName]: Rule<Op> } = {
  conv2d: 'integer',
  convTranspose2d: 'integer',
  matmul: 'product',
  averagePool2d: 'integer',
  add: 'integer',
  mul: 'integer',
  concat: 'integer',
  // Over height and width it is global average pooling; other means belong to normalisations.
  reduceMean: ({ attributes: { axes } }) =>
    axes.length === 2 && axes[0] === 2 && axes[1] === 3 ? 'integer' : 'float',

  maxPool2d: 'layout',
  reduceMax: 'layout',
  reduceMin: 'layout',
  transpose: 'layout',
  // Any other fill would have to be on the grid.
  pad: ({ attributes }) => (attributes.value === 0 ? 'layout' : 'float'),
  slice: 'layout',
  gather: 'layout',
  gatherElements: 'layout',
  expand: 'layout',
  tile: 'layout',
  resize: ({ attributes }) => resizePlacement(attributes),
  depthToSpace: 'layout',
  spaceToDepth: 'layout',
  identity: 'layout',
  reshape: 'layout',
  flatten: 'layout',
  squeeze: 'layout',
  unsqueeze: 'layout',
  split: 'layout',
  dynamicReshape: 'layout',
  dynamicSqueeze: 'layout',
  dynamicUnsqueeze: 'layout',
  dynamicSlice: 'layout',
  dynamicPad: ({ inputs }) => (inputs[2] === undefined || inputs[2] === '' ? 'layout' : 'float'),
  dynamicExpand: 'layout',
  dynamicTile: 'layout',
  dynamicResize: ({ attributes }) => resizePlacement(attributes),

  maxPool2dIndices: 'float',
  abs: 'float',
  neg: 'float',
  sign: 'float',
  exp: 'float',
  log: 'float',
  sqrt: 'float',
  reciprocal: 'float',
  floor: 'float',
  ceil: 'float',
  round: 'float',
  sin: 'float',
  cos: 'float',
  erf: 'float',
  tanh: 'float',
  sigmoid: 'float',
  relu: 'float',
  softplus: 'float',
  softsign: 'float',
  hardSwish: 'float',
  gelu: 'float',
  leakyRelu: 'float',
  elu: 'float',
  celu: 'float',
  selu: 'float',
  hardSigmoid: 'float',
  clip: 'float',
  isNaN: 'float',
  isInf: 'float',
  not: 'float',
  bitwiseNot: 'float',
  sub: 'float',
  div: 'float',
  pow: 'float',
  mod: 'float',
  min: 'float',
  max: 'float',
  prelu: 'float',
  bitwiseAnd: 'float',
  bitwiseOr: 'float',
  bitwiseXor: 'float',
  bitShift: 'float',
  equal: 'float',
  less: 'float',
  lessOrEqual: 'float',
  greater: 'float',
  greaterOrEqual: 'float',
  and: 'float',
  or: 'float',
  xor: 'float',
  where: 'float',
  reduceSum: 'float',
  reduceProd: 'float',
  reduceSumSquare: 'float',
  reduceL1: 'float',
  reduceL2: 'float',
  reduceLogSumExp: 'float',
  argMax: 'float',
  argMin: 'float',
  cumulativeSum: 'float',
  softmax: 'float',
  logSoftmax: 'float',
  batchNorm: 'float',
  instanceNorm: 'float',
  layerNorm: 'float',
  cast: 'float',
  quantizeLinear: 'float',
  dequantizeLinear: 'float',
  fakeQuantizeUniform: 'float',
  shape: 'float',
  size: 'float',
  constantOfShape: 'float',
  range: 'float',
  nonZero: 'float',
  fakeQuantize: 'float',
  dynamicClip: 'float',
  dynamicReduce: 'float',
  topK: 'float',
  dynamicCumulativeSum: 'float',
};

/** The operations that can be `integer` or `product`. */
export const integerOps: readonly OpName[] = (Object.keys(rules) as OpName[]).filter(
  (op) => rules[op] === 'integer' || rules[op] === 'product' || op === 'reduceMean',
);

/** What `node` does with grids. */
export function placementOf(node: Node): Placement {
  const rule = rules[node.op] as Rule<typeof node.op>;
  return typeof rule === 'function' ? (rule as (node: Node) => Placement)(node) : rule;
}
