import { scalar, tensor, toNumbers } from '@subbyte/tensor';
import { dataTypeOf } from '../data-type.ts';
import type { Importers, OnnxNode } from '../node.ts';
import { finish, same } from './build.ts';

function Constant(node: OnnxNode): void {
  const { attributes } = node;
  const [output] = node.outputs;
  const value = node.tensor('value');
  if (value) node.define(value, output);
  else if (attributes.has('value_float')) {
    node.define(scalar(attributes.float('value_float')), output);
  } else if (attributes.has('value_int')) {
    node.define(scalar(attributes.int('value_int'), 'int64'), output);
  } else if (attributes.has('value_floats')) {
    node.define(tensor(attributes.floats('value_floats') ?? []), output);
  } else if (attributes.has('value_ints')) {
    const values = attributes.ints('value_ints') ?? [];
    node.define(tensor(values, [values.length], 'int64'), output);
  } else throw node.error('only numbers are supported as value');
}

function ConstantOfShape(node: OnnxNode): void {
  const value = node.tensor('value')?.value ?? scalar(0);
  if (value.size !== 1) throw node.error(`value has ${value.size} elements, expected 1`);
  const attributes = { dtype: value.dtype, value: toNumbers(value)[0] as number };
  node.emit('constantOfShape', [node.input(0)], attributes, node.outputs);
}

function Shape(node: OnnxNode): void {
  const { attributes } = node;
  const start = attributes.int('start', 0);
  const end = attributes.has('end') ? attributes.int('end') : undefined;
  node.emit('shape', [node.input(0)], { start, end }, node.outputs);
}

function Cast(node: OnnxNode): void {
  const code = node.attributes.int('to');
  const dtype = dataTypeOf(code);
  if (!dtype) throw node.error(`to ${code}: values of this type are not supported`);
  node.emit('cast', [node.input(0)], { dtype }, node.outputs);
}

function CastLike(node: OnnxNode): void {
  const { dtype } = node.type(node.input(1));
  node.emit('cast', [node.input(0)], { dtype }, node.outputs);
}

function Range(node: OnnxNode): void {
  finish(node, 'range', node.input(0), node.input(1), node.input(2));
}

/** Constants, questions about shapes, conversions. */
export const shape: Importers = {
  Constant,
  ConstantOfShape,
  Shape,
  Size: same('size'),
  Range,
  Cast,
  CastLike,
};
