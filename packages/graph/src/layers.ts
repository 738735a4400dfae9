import type { Tensor } from '@subbyte/tensor';
import type { Graph, Node, NodeOf } from './types.ts';

/** Operations with weights. */
export type LayerName = 'conv2d' | 'convTranspose2d' | 'matmul';

/** Whether the node multiplies its operand 0 by weights. */
export function isLayer(node: Node): node is NodeOf<LayerName> & Node {
  return node.op === 'conv2d' || node.op === 'convTranspose2d' || node.op === 'matmul';
}

/** A layer whose weights, and bias if it has one, are float32 constants of the graph. */
export interface ConstantLayer {
  readonly node: NodeOf<LayerName> & Node;
  readonly weight: Tensor<'float32'>;
  readonly bias: Tensor<'float32'> | undefined;
  /** Number of output channels (features). */
  readonly channels: number;
}

const isFloat = (value: Tensor | undefined): value is Tensor<'float32'> =>
  value?.dtype === 'float32';

/** The node as a layer with constant weights, or `undefined`. */
export function constantLayer(
  graph: Pick<Graph, 'constants'>,
  node: Node,
): ConstantLayer | undefined {
  if (!isLayer(node)) return undefined;
  const weight = graph.constants.get(node.inputs[1] ?? '');
  const biasName = node.inputs[2] ?? '';
  const bias = graph.constants.get(biasName);
  if (!isFloat(weight) || (biasName !== '' && !isFloat(bias))) return undefined;
  if (weight.shape.length !== (node.op === 'matmul' ? 2 : 4)) return undefined;
  return {
    node,
    weight,
    bias: bias as Tensor<'float32'> | undefined,
    channels: channelsOf(node, weight),
  };
}

/** Axis of the weights that counts output channels (within a group for `convTranspose2d`). */
export function outputAxis(node: NodeOf<LayerName>): 0 | 1 {
  if (node.op === 'conv2d') return 0;
  if (node.op === 'convTranspose2d') return 1;
  return (node as NodeOf<'matmul'>).attributes.transposeB ? 0 : 1;
}

function channelsOf(node: NodeOf<LayerName> & Node, { shape }: Tensor): number {
  const along = shape[outputAxis(node)] as number;
  return node.op === 'convTranspose2d' ? along * node.attributes.groups : along;
}

/** The output channel that element `index` of the weights belongs to. */
export function channelOfWeight({ node, weight }: ConstantLayer): (index: number) => number {
  const axis = outputAxis(node);
  const inner = weight.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const along = weight.shape[axis] as number;
  const within = (index: number): number => Math.floor(index / inner) % along;
  if (node.op !== 'convTranspose2d') return within;
  const perGroup = weight.size / node.attributes.groups;
  return (index) => Math.floor(index / perGroup) * along + within(index);
}
