import type { Node } from '@subbyte/graph';

const movers: ReadonlySet<string> = new Set<Node['op']>([
  ...(['identity', 'reshape', 'flatten', 'squeeze', 'unsqueeze', 'transpose', 'slice'] as const),
  ...(['expand', 'tile', 'gather', 'depthToSpace', 'spaceToDepth', 'maxPool2d'] as const),
  ...(['dynamicReshape', 'dynamicSqueeze', 'dynamicUnsqueeze', 'dynamicSlice'] as const),
]);

/** Whether the results of `node` are elements of its operand 0 and `zero`, and nothing else. */
export function movesElements(node: Node | undefined, zero = 0): node is Node {
  if (node?.op === 'pad') {
    return node.attributes.mode !== 'constant' || node.attributes.value === zero;
  }
  return node !== undefined && movers.has(node.op) && node.outputs.length === 1;
}
