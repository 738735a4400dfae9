// The operations once more, computed by autograd's functions so that gradients pass through them.
// What only asks for shapes or positions is computed as always: it has no gradient.

import { apply, fakeQuantizeUniform, reshape } from '@subbyte/autograd';
import type { ForwardKernelName, OperandsOf } from '@subbyte/kernels';
import { normalizeAxis, type Shape, type Tensor } from '@subbyte/tensor';
import { GraphError } from '../errors.ts';
import { lowerQuantizer } from '../fake-quantize.ts';
import { isDynamic, specializeWith } from '../specialize.ts';
import type { Node, NodeOf } from '../types.ts';
import { resultShapes, runNode } from './index.ts';
import { resolveOptions } from './resolve-options.ts';
import { type StaticName, structuralRules } from './structural.ts';

type Operands = readonly (Tensor | undefined)[];
type Compute<Op extends StaticName> = (
  node: NodeOf<Op> & Node,
  operands: Operands,
) => readonly Tensor[];

const shapesOf = (node: Node, operands: Operands): readonly Shape[] =>
  resultShapes(node, operands) as readonly Shape[];

const view = (node: Node, operands: Operands): readonly Tensor[] => [
  reshape(operands[0] as Tensor, shapesOf(node, operands)[0] as Shape),
];

const structural: { readonly [Op in StaticName]: Compute<Op> } = {
  identity: view,
  reshape: view,
  flatten: view,
  squeeze: view,
  unsqueeze: view,
  shape: runNode,
  size: runNode,
  constantOfShape: runNode,
  range: runNode,
  nonZero: runNode,
  split: (node, operands) => {
    const x = operands[0] as Tensor;
    const axis = normalizeAxis(node.attributes.axis, x.shape.length);
    const steps = x.shape.map(() => 1);
    let start = 0;
    return shapesOf(node, operands).map((sizes) => {
      const starts = x.shape.map((_, i) => (i === axis ? start : 0));
      start += sizes[axis] as number;
      return apply('slice', [x], { starts, sizes, steps });
    });
  },
  topK: (node, operands) => {
    const x = operands[0] as Tensor;
    const indices = runNode(node, operands)[1] as Tensor;
    const axis = normalizeAxis(node.attributes.axis, x.shape.length);
    return [apply('gatherElements', [x, indices], { axis }), indices];
  },
  fakeQuantize: ({ attributes: { quantizer } }, operands) => {
    if (quantizer.scheme !== 'uniform') {
      throw new GraphError(
        `no gradients of scheme ${quantizer.scheme}: expected uniform quantizers in trained graphs`,
      );
    }
    const { scale, zeroPoint, options } = lowerQuantizer(quantizer);
    return [fakeQuantizeUniform(operands[0] as Tensor, scale, zeroPoint, options)];
  },
};

function isStructural(node: Node): node is NodeOf<StaticName> & Node {
  return Object.hasOwn(structuralRules, node.op);
}

function applyKernel<K extends ForwardKernelName>(node: NodeOf<K>, operands: Operands): Tensor {
  const shapes = operands.map((operand) => operand?.shape);
  const options = resolveOptions(node.op, node.attributes, shapes);
  return apply(node.op, operands as unknown as OperandsOf<K>, options);
}

/** Computes the node through autograd's functions: a tape that records sees it. */
export function applyNode(node: Node, operands: Operands): readonly Tensor[] {
  if (isDynamic(node)) return applyNode(specializeWith(node, operands), operands.slice(0, 1));
  if (isStructural(node)) {
    return (structural[node.op] as Compute<StaticName>)(node, operands);
  }
  return [applyKernel(node as NodeOf<ForwardKernelName>, operands)];
}
