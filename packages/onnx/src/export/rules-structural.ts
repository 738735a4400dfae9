import type { StructuralAttributes } from '@subbyte/graph';
import { tensor } from '@subbyte/tensor';
import { int, tensorValue, text } from './attributes.ts';
import { resizeAttributes } from './rules-movement.ts';
import type { Quantization } from './rules-quantize.ts';
import type { Reduction } from './rules-reduce.ts';
import type { Rule, Rules } from './writer.ts';

type Structural = Exclude<keyof StructuralAttributes, Quantization | Reduction>;

const split: Rule<'split'> = (node, writer) => {
  const { axis, sizes } = node.attributes;
  const [x = ''] = node.inputs;
  if (sizes !== undefined) {
    const parts = writer.int64s(`${node.name}/sizes`, sizes);
    writer.node('Split', [x, parts], node.outputs, { axis: int(axis) }, node.name);
    return;
  }
  const count = writer.opset >= 18 ? int(node.outputs.length) : undefined;
  writer.node('Split', [x], node.outputs, { axis: int(axis), num_outputs: count }, node.name);
};

const dynamicResize: Rule<'dynamicResize'> = (node, writer) => {
  const { axes, keepAspect, coordinates } = node.attributes;
  if (coordinates === 'half_pixel_symmetric') writer.require(node, coordinates, 19);
  if (axes !== undefined || keepAspect !== 'stretch') writer.require(node, 'axes and policy', 18);
  const [x = '', scales = '', sizes = ''] = node.inputs;
  writer.node(
    'Resize',
    [x, '', scales, sizes],
    node.outputs,
    {
      ...resizeAttributes(node.attributes),
      axes: axes === undefined ? undefined : { kind: 'ints', value: axes },
      keep_aspect_ratio_policy: keepAspect === 'stretch' ? undefined : text(keepAspect),
    },
    node.name,
  );
};

/** Views, questions about shapes, and operations whose options arrive as tensors. */
export const structuralRules: Rules<Structural> = {
  identity: (node, writer) => writer.emit(node, 'Identity'),
  reshape: (node, writer) => {
    const { shape, allowZero } = node.attributes;
    const target = writer.int64s(`${node.name}/shape`, shape);
    const attributes = { allowzero: allowZero ? int(1) : undefined };
    writer.node('Reshape', [node.inputs[0] ?? '', target], node.outputs, attributes, node.name);
  },
  flatten: (node, writer) => writer.emit(node, 'Flatten', { axis: int(node.attributes.axis) }),
  squeeze: (node, writer) => {
    const { axes } = node.attributes;
    const which = axes === undefined ? '' : writer.int64s(`${node.name}/axes`, axes);
    writer.node('Squeeze', [node.inputs[0] ?? '', which], node.outputs, {}, node.name);
  },
  unsqueeze: (node, writer) => {
    const axes = writer.int64s(`${node.name}/axes`, node.attributes.axes);
    writer.node('Unsqueeze', [node.inputs[0] ?? '', axes], node.outputs, {}, node.name);
  },
  shape: (node, writer) => {
    const { start, end } = node.attributes;
    writer.emit(node, 'Shape', {
      start: int(start),
      end: end === undefined ? undefined : int(end),
    });
  },
  size: (node, writer) => writer.emit(node, 'Size'),
  constantOfShape: (node, writer) => {
    const { dtype, value } = node.attributes;
    const big = dtype === 'int64' || dtype === 'uint64';
    const element = tensor([big ? BigInt(value) : value], [1], dtype);
    writer.emit(node, 'ConstantOfShape', { value: tensorValue(element) });
  },
  range: (node, writer) => writer.emit(node, 'Range'),
  split,
  nonZero: (node, writer) => writer.emit(node, 'NonZero'),
  dynamicReshape: (node, writer) =>
    writer.emit(node, 'Reshape', { allowzero: node.attributes.allowZero ? int(1) : undefined }),
  dynamicSqueeze: (node, writer) => writer.emit(node, 'Squeeze'),
  dynamicUnsqueeze: (node, writer) => writer.emit(node, 'Unsqueeze'),
  dynamicSlice: (node, writer) => writer.emit(node, 'Slice'),
  dynamicPad: (node, writer) => {
    const { mode } = node.attributes;
    if (node.inputs[3]) writer.require(node, 'Pad with axes', 18);
    if (mode === 'wrap') writer.require(node, 'Pad in mode wrap', 19);
    writer.emit(node, 'Pad', { mode: text(mode) });
  },
  dynamicExpand: (node, writer) => writer.emit(node, 'Expand'),
  dynamicTile: (node, writer) => writer.emit(node, 'Tile'),
  dynamicResize,
  dynamicClip: (node, writer) => writer.emit(node, 'Clip'),
};
