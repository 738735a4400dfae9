import type { OptionsOf } from '@subbyte/kernels';
import { scalar } from '@subbyte/tensor';
import { type Attributes, float, int, ints, text } from './attributes.ts';
import { padCodes } from './pad-codes.ts';
import type { Rule, Rules, Writer } from './writer.ts';

/** Operations that move elements and compute nothing. */
export type Movement =
  | 'transpose'
  | 'pad'
  | 'slice'
  | 'concat'
  | 'gather'
  | 'gatherElements'
  | 'expand'
  | 'tile'
  | 'resize'
  | 'depthToSpace'
  | 'spaceToDepth';

const pad: Rule<'pad'> = (node, writer) => {
  const { mode, before, after, value } = node.attributes;
  if (mode === 'wrap') writer.require(node, 'Pad in mode wrap', 19);
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const pads = writer.int64s(`${node.name}/pads`, [...before, ...after]);
  if (padCodes(writer, node, x, y, pads, mode, value)) return;
  const dtype = writer.types.get(x)?.dtype ?? 'float32';
  const fill = value === 0 ? '' : writer.tensor(`${node.name}/value`, scalar(value, dtype));
  writer.node('Pad', [x, pads, fill], [y], { mode: text(mode) }, node.name);
};

/** Axes that the slice takes whole are left out, so that a size known only at run time stays open. */
const slice: Rule<'slice'> = (node, writer) => {
  const { starts, sizes, steps } = node.attributes;
  const [x = ''] = node.inputs;
  const shape = writer.types.get(x)?.shape;
  const axes = starts
    .map((_, axis) => axis)
    .filter((axis) => starts[axis] !== 0 || steps[axis] !== 1 || sizes[axis] !== shape?.[axis]);
  const ends = axes.map((axis) => {
    const end = (starts[axis] ?? 0) + (sizes[axis] ?? 0) * (steps[axis] ?? 1);
    // A negative end would count from the back; before the first element is "very negative".
    return end < 0 ? -(2n ** 63n) : end;
  });
  const vector = (what: string, values: readonly (number | bigint)[]): string =>
    writer.int64s(`${node.name}/${what}`, values);
  const pick = (values: readonly number[]): number[] => axes.map((axis) => values[axis] ?? 0);
  writer.node(
    'Slice',
    [
      x,
      vector('starts', pick(starts)),
      vector('ends', ends),
      vector('axes', axes),
      vector('steps', pick(steps)),
    ],
    node.outputs,
    {},
    node.name,
  );
};

/** Attributes of Resize that its static and its dynamic form share. */
export function resizeAttributes(
  options: Omit<OptionsOf<'resize'>, 'shape' | 'scales'>,
): Attributes {
  const { mode, coordinates, nearest, cubicCoefficient, excludeOutside } = options;
  return {
    mode: text(mode),
    coordinate_transformation_mode: text(coordinates),
    nearest_mode: mode === 'nearest' ? text(nearest) : undefined,
    cubic_coeff_a: mode === 'cubic' ? float(cubicCoefficient) : undefined,
    exclude_outside: mode === 'cubic' ? int(excludeOutside) : undefined,
  };
}

const resize: Rule<'resize'> = (node, writer) => {
  const { shape, scales, coordinates } = node.attributes;
  if (coordinates === 'half_pixel_symmetric') writer.require(node, coordinates, 19);
  const [x = ''] = node.inputs;
  const from = writer.types.get(x)?.shape;
  // By scales where they give this very shape: the exact ratio matters for coordinates.
  const byScales = scales.every((scale, axis) => {
    const size = from?.[axis];
    return typeof size !== 'number' || Math.floor(size * Math.fround(scale)) === shape[axis];
  });
  const operands = byScales
    ? [x, '', writer.floats(`${node.name}/scales`, scales)]
    : [x, '', '', writer.int64s(`${node.name}/sizes`, shape)];
  writer.node('Resize', operands, node.outputs, resizeAttributes(node.attributes), node.name);
};

const spaceToDepth: Rule<'spaceToDepth'> = (node, writer) => {
  const { blockSize: b, mode } = node.attributes;
  if (mode === 'dcr') {
    writer.emit(node, 'SpaceToDepth', { blocksize: int(b) });
    return;
  }
  const [x = ''] = node.inputs;
  const shape = writer.types.get(x)?.shape ?? [];
  const [, c, h, w] = shape;
  if (typeof c !== 'number' || typeof h !== 'number' || typeof w !== 'number') {
    throw writer.unsupported(node, `mode crd needs a known shape, [${shape}] is not`);
  }
  const split = writer.int64s(`${node.name}/split`, [0, c, h / b, b, w / b, b]);
  const joined = writer.int64s(`${node.name}/joined`, [0, c * b * b, h / b, w / b]);
  const tiles = writer.chain(node, x, [['Reshape', split]]);
  const moved = writer.name(`${node.name}/moved`);
  const order = ints([0, 1, 3, 5, 2, 4]);
  writer.node('Transpose', [tiles], [moved], { perm: order }, `${node.name}/transpose`);
  writer.node('Reshape', [moved, joined], node.outputs, {}, node.name);
};

function shaped(opType: string, shapeOf: (node: never) => readonly number[]): Rule<Movement> {
  return (node, writer: Writer) => {
    const shape = writer.int64s(`${node.name}/shape`, shapeOf(node as never));
    writer.node(opType, [node.inputs[0] ?? '', shape], node.outputs, {}, node.name);
  };
}

/** Rules of `Movement`. */
export const movementRules: Rules<Movement> = {
  transpose: (node, writer) =>
    writer.emit(node, 'Transpose', { perm: ints(node.attributes.permutation) }),
  pad,
  slice,
  concat: (node, writer) => writer.emit(node, 'Concat', { axis: int(node.attributes.axis) }),
  gather: (node, writer) => writer.emit(node, 'Gather', { axis: int(node.attributes.axis) }),
  gatherElements: (node, writer) =>
    writer.emit(node, 'GatherElements', { axis: int(node.attributes.axis) }),
  expand: shaped('Expand', (node: { attributes: OptionsOf<'expand'> }) => node.attributes.shape),
  tile: shaped('Tile', (node: { attributes: OptionsOf<'tile'> }) => node.attributes.repeats),
  resize,
  depthToSpace: (node, writer) => {
    const { blockSize, mode } = node.attributes;
    writer.emit(node, 'DepthToSpace', {
      blocksize: int(blockSize),
      mode: text(mode.toUpperCase()),
    });
  },
  spaceToDepth,
};
