import { toNumbers } from '@subbyte/tensor';
import type { Importers, OnnxNode } from '../node.ts';
import { apply, finish, list, operands, same, scalarLike, scalarOf } from './build.ts';

function Reshape(node: OnnxNode): void {
  const allowZero = node.attributes.flag('allowzero', false);
  node.emit('dynamicReshape', [node.input(0), node.input(1)], { allowZero }, node.outputs);
}

function Flatten(node: OnnxNode): void {
  const axis = node.attributes.int('axis', 1);
  node.emit('flatten', [node.input(0)], { axis }, node.outputs);
}

function Transpose(node: OnnxNode): void {
  const x = node.input(0);
  const permutation =
    node.attributes.ints('perm') ??
    Array.from({ length: node.rank(x) }, (_, axis) => axis).reverse();
  node.emit('transpose', [x], { permutation }, node.outputs);
}

function Concat(node: OnnxNode): void {
  const inputs = node.inputs.map((_, i) => node.input(i));
  node.emit('concat', inputs, { axis: node.attributes.int('axis') }, node.outputs);
}

function Split(node: OnnxNode): void {
  const { attributes } = node;
  let sizes = attributes.ints('split');
  if (node.opset >= 13 && node.has(1)) {
    const given = node.constant(node.input(1));
    if (!given) throw node.error('sizes that are computed are not supported');
    sizes = toNumbers(given);
  }
  const parts = attributes.has('num_outputs') ? attributes.int('num_outputs') : undefined;
  if (parts !== undefined && parts !== node.outputs.length) {
    throw node.error(`num_outputs ${parts}, the node has ${node.outputs.length}`);
  }
  node.emit('split', [node.input(0)], { axis: attributes.int('axis', 0), sizes }, node.outputs);
}

function Squeeze(node: OnnxNode): void {
  const x = node.input(0);
  if (node.opset >= 13 && node.has(1)) {
    node.emit('dynamicSqueeze', [x, node.input(1)], {}, node.outputs);
  } else {
    node.emit('squeeze', [x], { axes: node.attributes.ints('axes') }, node.outputs);
  }
}

function Unsqueeze(node: OnnxNode): void {
  const x = node.input(0);
  if (node.opset >= 13) {
    node.emit('dynamicUnsqueeze', [x, node.input(1)], {}, node.outputs);
    return;
  }
  const axes = node.attributes.ints('axes');
  if (!axes) throw node.error('attribute "axes" is missing');
  node.emit('unsqueeze', [x], { axes }, node.outputs);
}

function Slice(node: OnnxNode): void {
  if (node.opset >= 10) {
    const inputs = [node.input(0), node.input(1), node.input(2), ...operands(node, 5).slice(3)];
    node.emit('dynamicSlice', inputs, {}, node.outputs);
    return;
  }
  const [starts, ends, axes] = ['starts', 'ends', 'axes'].map((name) => node.attributes.ints(name));
  if (!starts || !ends) throw node.error('attributes "starts" and "ends" are expected');
  const inputs = [node.input(0), list(node, starts), list(node, ends)];
  if (axes) inputs.push(list(node, axes));
  node.emit('dynamicSlice', inputs, {}, node.outputs);
}

function Pad(node: OnnxNode): void {
  const { attributes } = node;
  const modes = { constant: 'constant', reflect: 'reflect', edge: 'edge', wrap: 'wrap' } as const;
  const mode = attributes.choice('mode', modes, 'constant');
  const x = node.input(0);
  if (node.opset >= 11) {
    const inputs = [x, node.input(1), ...operands(node, 4).slice(2)];
    node.emit('dynamicPad', inputs, { mode }, node.outputs);
    return;
  }
  const pads = attributes.ints('pads');
  if (!pads) throw node.error('attribute "pads" is missing');
  const value = scalarLike(node, x, attributes.float('value', 0));
  node.emit('dynamicPad', [x, list(node, pads), value], { mode }, node.outputs);
}

function Expand(node: OnnxNode): void {
  node.emit('dynamicExpand', [node.input(0), node.input(1)], {}, node.outputs);
}

function Tile(node: OnnxNode): void {
  node.emit('dynamicTile', [node.input(0), node.input(1)], {}, node.outputs);
}

function Gather(node: OnnxNode): void {
  const axis = node.attributes.int('axis', 0);
  node.emit('gather', [node.input(0), node.input(1)], { axis }, node.outputs);
}

function GatherElements(node: OnnxNode): void {
  const axis = node.attributes.int('axis', 0);
  node.emit('gatherElements', [node.input(0), node.input(1)], { axis }, node.outputs);
}

function DepthToSpace(node: OnnxNode): void {
  const blockSize = node.attributes.int('blocksize');
  const mode = node.attributes.choice('mode', { DCR: 'dcr', CRD: 'crd' } as const, 'DCR');
  node.emit('depthToSpace', [node.input(0)], { blockSize, mode }, node.outputs);
}

function SpaceToDepth(node: OnnxNode): void {
  const options = { blockSize: node.attributes.int('blocksize'), mode: 'dcr' as const };
  node.emit('spaceToDepth', [node.input(0)], options, node.outputs);
}

function Identity(node: OnnxNode): void {
  const x = node.input(0);
  const value = node.constant(x);
  const stored = node.stored(x);
  const [output] = node.outputs;
  // Exporters let equal weights share one initializer through Identity nodes: still constants.
  if (value && stored && output) node.define({ value, stored }, output);
  else finish(node, 'identity', x);
}

/** The elements on and above (`upper`) or below the diagonal `k`, the others 0. */
function Trilu(node: OnnxNode): void {
  const x = node.input(0);
  const zero = scalarOf(node, 'int64', 0);
  const one = scalarOf(node, 'int64', 1);
  const count = (start: number, end: number | undefined): string =>
    node.emit('squeeze', [node.emit('shape', [x], { start, end })], { axes: undefined });
  const along = apply(node, 'range', zero, count(-1, undefined), one);
  const down = node.emit('unsqueeze', [apply(node, 'range', zero, count(-2, -1), one)], {
    axes: [1],
  });
  const diagonal = node.has(1) ? apply(node, 'add', down, node.input(1)) : down;
  const upper = node.attributes.flag('upper', true);
  const mask = apply(node, upper ? 'greaterOrEqual' : 'lessOrEqual', along, diagonal);
  finish(node, 'where', mask, x, scalarLike(node, x, 0));
}

/** Operators that move elements without computing. */
export const movement: Importers = {
  Reshape,
  Flatten,
  Transpose,
  Concat,
  Split,
  Squeeze,
  Unsqueeze,
  Slice,
  Pad,
  Expand,
  Tile,
  Gather,
  GatherElements,
  DepthToSpace,
  SpaceToDepth,
  Identity,
  Trilu,
  NonZero: same('nonZero'),
};
