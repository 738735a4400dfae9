import { bytePlanesOf, packBytePlane } from '@subbyte/bitpack';
import { codeRange, encode, type Quantizer } from '@subbyte/quantizers';
import { scalar, sizeOf, type Tensor, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { annotate, axisOf, quantizerNode } from './quantized-value.ts';
import { emitUnpack, type StoredPlane } from './unpack-codes.ts';
import type { Named, Step, Writer } from './writer.ts';

/** What `metadata_props` say about a packed weight, as JSON under `subbyte.packed.<value>`. */
export interface PackedWeight {
  readonly version: 1;
  /** Shape of the weight. */
  readonly shape: readonly number[];
  readonly bits: number;
  /** Shape of the packed codes: `shape`, its group axis rounded up to whole groups. */
  readonly codes: readonly number[];
  /** UINT8 initializers, lowest bits first. */
  readonly planes: readonly StoredPlane[];
  /** Float32 initializer, `scaleShape` elements. */
  readonly scale: string;
  readonly scaleShape: readonly number[];
  /** The packed code that stands for 0: one for all, or one per scale. */
  readonly zero: number | readonly number[];
  readonly granularity: Quantizer['granularity'];
}

/** Shapes on the way from codes to a weight. */
interface Layout {
  /** The weight's. */
  readonly shape: readonly number[];
  /** With the group axis rounded up to whole groups. */
  readonly filled: readonly number[];
  /** With groups as an axis of their own: what is scaled. */
  readonly split: readonly number[];
  /** Of scales that broadcast to `split`. */
  readonly scale: readonly number[];
}

function layoutOf(shape: readonly number[], { granularity, scaleShape }: Quantizer): Layout {
  if (granularity.kind === 'perTensor') return { shape, filled: shape, split: shape, scale: [] };
  const { axis } = granularity;
  if (granularity.kind === 'perChannel') {
    const scale = shape.map((size, i) => (i === axis ? size : 1));
    return { shape, filled: shape, split: shape, scale };
  }
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const groups = scaleShape[axis] ?? 1;
  return {
    shape,
    filled: [...before, groups * granularity.size, ...after],
    split: [...before, groups, granularity.size, ...after],
    scale: [...before, groups, 1, ...after],
  };
}

/** Codes from 0, filled up to whole groups. */
function offsetCodes(weight: Tensor, quantizer: Quantizer, layout: Layout): Uint8Array {
  const { min } = codeRange(quantizer);
  const codes = Uint8Array.from(encode(weight, quantizer).data as Int8Array, (code) => code - min);
  const { granularity } = quantizer;
  if (granularity.kind !== 'perGroup') return codes;
  const inner = weight.shape.slice(granularity.axis + 1).reduce((a, b) => a * b, 1);
  const used = (weight.shape[granularity.axis] ?? 1) * inner;
  const full = (layout.filled[granularity.axis] ?? 1) * inner;
  const filled = new Uint8Array(sizeOf(layout.filled));
  for (let from = 0, to = 0; from < codes.length; from += used, to += full) {
    filled.set(codes.subarray(from, from + used), to);
  }
  return filled;
}

/** Whether everything that reads the weight computes with other values that are quantized. */
function feedsIntegers(writer: Writer, y: string, { granularity }: Quantizer): boolean {
  const quantized = (value: string): boolean => {
    const source = quantizerNode(writer, value)?.inputs[0];
    return source !== undefined && !writer.graph.constants.has(source);
  };
  const readers = writer.consumers.get(y) ?? [];
  return (
    granularity.kind !== 'perGroup' &&
    readers.length > 0 &&
    readers.every(({ inputs }) => inputs.some(quantized))
  );
}

/** Codes as int8 (or uint8) behind DequantizeLinear: engines fold the codes and compute in integers. */
function emitIntegers(
  writer: Writer,
  node: Named,
  unpacked: string,
  y: string,
  quantizer: Quantizer,
): { scale: string; zero: string } {
  const { signed, scaleShape } = quantizer;
  const { min } = codeRange(quantizer);
  let codes = unpacked;
  if (signed) {
    const cast = (x: string, dtype: 'int32' | 'int8'): string => {
      const result = writer.temporary();
      writer.node('Cast', [x], [result], { to: int(writer.typeCode(dtype)) });
      return result;
    };
    const offset = writer.shared(`${y}_offset`, scalar(min, 'int32'));
    const moved = writer.chain(node, cast(unpacked, 'int32'), [['Add', offset]]);
    codes = cast(moved, 'int8');
  }
  const scale = writer.tensor(`${y}_scale`, tensor(quantizer.scale, scaleShape, 'float32'));
  const dtype = signed ? 'int8' : 'uint8';
  const zero = writer.tensor(`${y}_zero_point`, tensor(quantizer.zeroPoint, scaleShape, dtype));
  writer.dequantized.add(y);
  writer.node('DequantizeLinear', [codes, scale, zero], [y], axisOf(quantizer), node.name);
  return { scale, zero };
}

/** The packed code that stands for 0: one for all, or one per scale. */
function zeroOf(quantizer: Quantizer): number | number[] {
  const { min } = codeRange(quantizer);
  const zeros = quantizer.zeroPoint.map((code) => code - min);
  const [first = 0] = zeros;
  return zeros.every((zero) => zero === first) ? first : zeros;
}

/** Codes as float32, minus the code of zero, times the scale: engines fold the whole weight. */
function emitFloats(
  writer: Writer,
  node: Named,
  unpacked: string,
  y: string,
  quantizer: Quantizer,
  layout: Layout,
): { scale: string; zero: string } {
  const zeros = zeroOf(quantizer);
  const zero = writer.tensor(
    `${y}_zero`,
    typeof zeros === 'number' ? scalar(zeros) : tensor(zeros, layout.scale, 'float32'),
  );
  const scale = writer.tensor(`${y}_scale`, tensor(quantizer.scale, layout.scale, 'float32'));
  const floats = writer.temporary();
  writer.node('Cast', [unpacked], [floats], { to: int(writer.typeCode('float32')) });
  const steps: Step[] = [
    ['Sub', zero],
    ['Mul', scale],
  ];
  const { granularity } = quantizer;
  if (granularity.kind === 'perGroup') {
    steps.push(['Reshape', writer.int64s(`${y}_filled`, layout.filled)]);
    const { axis } = granularity;
    const along = layout.shape[axis] ?? 1;
    if (along !== layout.filled[axis]) {
      const bound = (what: string, v: number): string => writer.int64s(`${y}_${what}`, [v]);
      steps.push(['Slice', bound('from', 0), bound('to', along), bound('axis', axis)]);
    }
  }
  writer.chain(node, floats, steps, y);
  return { scale, zero };
}

/**
 * Writes `y`, the dequantized `weight`, as packed codes and the standard operators that unpack them,
 * which engines run once, when they load the model: to int8 codes behind DequantizeLinear where the
 * weight meets quantized activations, so that the products run in integers; else to floats.
 */
export function emitPackedWeight(
  writer: Writer,
  node: Named,
  weight: Tensor,
  y: string,
  quantizer: Quantizer,
): void {
  const { bits, granularity, scaleShape } = quantizer;
  const layout = layoutOf(weight.shape, quantizer);
  const codes = offsetCodes(weight, quantizer, layout);
  const planes = bytePlanesOf(bits).map((plane) => {
    const bytes = packBytePlane(codes, plane);
    const dims = plane.width === 8 ? layout.split : [bytes.length, 1];
    const initializer = writer.tensor(`${y}_packed${plane.width}`, tensor(bytes, dims, 'uint8'));
    return { ...plane, initializer };
  });
  const unpacked = emitUnpack(writer, y, planes, layout.split);
  const names = feedsIntegers(writer, y, quantizer)
    ? emitIntegers(writer, node, unpacked, y, quantizer)
    : emitFloats(writer, node, unpacked, y, quantizer, layout);
  annotate(writer, y, bits, names.scale, names.zero);
  const description: PackedWeight = {
    version: 1,
    shape: layout.shape,
    bits,
    codes: layout.filled,
    planes,
    zero: zeroOf(quantizer),
    scale: names.scale,
    scaleShape,
    granularity,
  };
  writer.metadata.set(`subbyte.packed.${y}`, JSON.stringify(description));
}
