// Quantized operators, spelled exactly: integer sums in int32, scales in float32.

import { onnxDataTypeName } from '@subbyte/onnx-proto';
import { packedTypes } from '../data-type.ts';
import type { Importers, OnnxNode } from '../node.ts';
import { apply, scalarOf } from './build.ts';
import { convWindow, emitConv } from './convolution.ts';
import { lower } from './window.ts';

type CodeType = 'int8' | 'uint8' | 'int16' | 'uint16';

/** Codes of a quantized type. */
interface Codes {
  readonly dtype: CodeType;
  readonly min: number;
  readonly max: number;
}

const codesOf: { readonly [type: string]: Codes | undefined } = {
  ...packedTypes,
  int8: { dtype: 'int8', min: -128, max: 127 },
  uint8: { dtype: 'uint8', min: 0, max: 255 },
  int16: { dtype: 'int16', min: -32768, max: 32767 },
  uint16: { dtype: 'uint16', min: 0, max: 65535 },
};

const cast = (node: OnnxNode, value: string, dtype: 'int32' | 'float32'): string =>
  node.type(value).dtype === dtype ? value : node.emit('cast', [value], { dtype });

const reshape = (node: OnnxNode, value: string, shape: readonly number[]): string =>
  node.emit('reshape', [value], { shape, allowZero: false });

function grid(node: OnnxNode): { readonly axis: number; readonly groupSize: number } {
  const groupSize = node.attributes.int('block_size', 0);
  if (groupSize < 0) throw node.error(`block_size ${groupSize}`);
  return { axis: node.attributes.int('axis', 1), groupSize };
}

/** Codes that a node writes: those of its zero point, of `output_dtype`, or uint8. */
function outputCodes(node: OnnxNode, zeroPoint: string | undefined): Codes {
  const wanted = node.attributes.int('output_dtype', 0);
  const asked = wanted === 0 ? undefined : onnxDataTypeName(wanted);
  const own = zeroPoint && (node.stored(zeroPoint) ?? node.type(zeroPoint).dtype);
  const name = own ?? asked ?? 'uint8';
  const codes = codesOf[name];
  if (!codes) throw node.error(`codes of type ${name} are not supported`);
  return codes;
}

function QuantizeLinear(node: OnnxNode): void {
  const zeroPoint = node.has(2) ? node.input(2) : undefined;
  const inputs = [cast(node, node.input(0), 'float32'), node.input(1)];
  if (zeroPoint) inputs.push(zeroPoint);
  const options = { ...outputCodes(node, zeroPoint), ...grid(node) };
  node.emit('quantizeLinear', inputs, options, node.outputs);
}

function DequantizeLinear(node: OnnxNode): void {
  const inputs = [node.input(0), node.input(1)];
  if (node.has(2)) inputs.push(node.input(2));
  node.emit('dequantizeLinear', inputs, grid(node), node.outputs);
}

/** ONNX DynamicQuantizeLinear: the range of `x`, with 0 in it, spread over uint8. */
function DynamicQuantizeLinear(node: OnnxNode): void {
  const x = node.input(0);
  const [codes, scaleName, zeroName] = node.outputs;
  const zero = scalarOf(node, 'float32', 0);
  const top = scalarOf(node, 'float32', 255);
  const [least, most] = (['reduceMin', 'reduceMax'] as const).map((kernel) =>
    node.emit('dynamicReduce', [x], { kernel, keepAxes: false, noopWithEmptyAxes: false }),
  ) as [string, string];
  const low = apply(node, 'min', least, zero);
  const range = apply(node, 'sub', apply(node, 'max', most, zero), low);
  const step = apply(node, 'div', range, top);
  // A tensor of zeros has no range; any scale will do.
  const isFlat = apply(node, 'equal', step, zero);
  const operands = [isFlat, scalarOf(node, 'float32', 1), step];
  const scale = node.emit('where', operands, {}, scaleName ? [scaleName] : undefined);
  const place = apply(node, 'div', apply(node, 'sub', zero, low), scale);
  const rounded = node.emit('clip', [apply(node, 'round', place)], { min: 0, max: 255 });
  const outputs = zeroName ? [zeroName] : undefined;
  const zeroPoint = node.emit('cast', [rounded], { dtype: 'uint8' }, outputs);
  if (!codes) return;
  const options = { dtype: 'uint8', min: 0, max: 255, axis: 0, groupSize: 0 } as const;
  node.emit('quantizeLinear', [x, scale, zeroPoint], options, [codes]);
}

/** `value - zeroPoint` in int32; a list of zero points is given `shape`. */
function centred(
  node: OnnxNode,
  value: string,
  zeroPoint: number,
  shape?: readonly number[],
): string {
  const wide = cast(node, value, 'int32');
  if (!node.has(zeroPoint)) return wide;
  const given = cast(node, node.input(zeroPoint), 'int32');
  const isList = node.shape(given)?.length === 1;
  return apply(node, 'sub', wide, isList && shape ? reshape(node, given, shape) : given);
}

/** Result `sums * scales / outputScale + zeroPoint` as codes. */
function requantize(node: OnnxNode, sums: string, scales: string, at: number): void {
  const zeroPoint = node.input(at + 1);
  const real = apply(node, 'mul', cast(node, sums, 'float32'), scales);
  const options = { ...outputCodes(node, zeroPoint), axis: 0, groupSize: 0 };
  node.emit('quantizeLinear', [real, node.input(at), zeroPoint], options, node.outputs);
}

const isList = (node: OnnxNode, value: string): boolean => node.shape(value)?.length === 1;

function QLinearMatMul(node: OnnxNode): void {
  const a = centred(node, node.input(0), 2, [-1, 1]);
  const b = centred(node, node.input(3), 5);
  const sums = node.emit('matmul', [a, b], { transposeA: false, transposeB: false });
  // One scale per row of a, one per column of b.
  const rows = node.input(1);
  const perRow = isList(node, rows) && node.shape(a)?.length !== 1;
  const scaleA = perRow ? reshape(node, rows, [-1, 1]) : rows;
  requantize(node, sums, apply(node, 'mul', scaleA, node.input(4)), 6);
}

function MatMulInteger(node: OnnxNode): void {
  const a = centred(node, node.input(0), 2, [-1, 1]);
  const b = centred(node, node.input(1), 3);
  node.emit('matmul', [a, b], { transposeA: false, transposeB: false }, node.outputs);
}

/** Weight minus its zero points, of which there may be one per output channel. */
function centredWeight(node: OnnxNode, weight: string, zeroPoint: number): string {
  const rank = node.rank(weight);
  return centred(node, weight, zeroPoint, [-1, ...new Array<number>(rank - 1).fill(1)]);
}

function QLinearConv(node: OnnxNode): void {
  const window = convWindow(node, node.input(3));
  const x = centred(node, node.input(0), 2);
  const weight = centredWeight(node, node.input(3), 5);
  const bias = node.has(8) ? [node.input(8)] : [];
  const emit = emitConv(node, window, [x, weight, ...bias]);
  const sums = window.rank === 2 ? emit() : node.emit('squeeze', [emit()], { axes: [2] });
  const channels = node.input(4);
  const perChannel = isList(node, channels);
  const shape = [-1, ...new Array<number>(window.rank).fill(1)];
  const scale = perChannel ? reshape(node, channels, shape) : channels;
  requantize(node, sums, apply(node, 'mul', node.input(1), scale), 6);
}

function ConvInteger(node: OnnxNode): void {
  const window = convWindow(node, node.input(1));
  const x = centred(node, node.input(0), 2);
  const weight = centredWeight(node, node.input(1), 3);
  lower(node, window.rank, emitConv(node, window, [x, weight]));
}

/** Operators on integer codes. */
export const quantization: Importers = {
  QuantizeLinear,
  DequantizeLinear,
  DynamicQuantizeLinear,
  QLinearMatMul,
  QLinearConv,
  MatMulInteger,
  ConvInteger,
};
