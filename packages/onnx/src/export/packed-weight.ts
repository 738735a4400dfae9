import { codeRange, encode, type Quantizer } from '@subbyte/quantizers';
import { scalar, type Tensor, tensor } from '@subbyte/tensor';
import { int, text } from './attributes.ts';
import { type Plane, packPlane, planesOf } from './packed-layout.ts';
import { annotate, axisOf, quantizerNode } from './quantized-value.ts';
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
  readonly planes: readonly (Plane & { readonly initializer: string })[];
  /** Float32 initializer, `scaleShape` elements. */
  readonly scale: string;
  readonly scaleShape: readonly number[];
  /** The packed code that stands for 0: one for all, or one per scale. */
  readonly zero: number | readonly number[];
  readonly granularity: Quantizer['granularity'];
}

const withAxis = (shape: readonly number[], axis: number, size: number): number[] => [
  ...shape.slice(0, axis),
  size,
  ...shape.slice(axis + 1),
];

/** Codes from 0, with the group axis filled up to whole groups. */
function offsetCodes(
  weight: Tensor,
  quantizer: Quantizer,
): { codes: Uint8Array; shape: readonly number[] } {
  const { min } = codeRange(quantizer);
  const encoded = encode(weight, quantizer);
  const codes = Uint8Array.from(encoded.data as Int8Array, (code) => code - min);
  const { granularity } = quantizer;
  if (granularity.kind !== 'perGroup') return { codes, shape: weight.shape };
  const { axis, size } = granularity;
  const along = weight.shape[axis] ?? 1;
  const full = Math.ceil(along / size) * size;
  if (full === along) return { codes, shape: weight.shape };
  const inner = weight.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = codes.length / (along * inner);
  const filled = new Uint8Array(outer * full * inner);
  for (let o = 0; o < outer; o++) {
    filled.set(codes.subarray(o * along * inner, (o + 1) * along * inner), o * full * inner);
  }
  return { codes: filled, shape: withAxis(weight.shape, axis, full) };
}

/** The shape that codes take before they are scaled, and the one scales take to broadcast to it. */
function broadcastable(
  codes: readonly number[],
  { granularity, scaleShape }: Quantizer,
): { codes: number[]; scale: number[] } {
  if (granularity.kind === 'perTensor') return { codes: [...codes], scale: [] };
  const { axis } = granularity;
  if (granularity.kind === 'perChannel') {
    const scale = codes.map((_, i) => (i === axis ? (scaleShape[0] ?? 1) : 1));
    return { codes: [...codes], scale };
  }
  const groups = scaleShape[axis] ?? 1;
  const split = [...codes.slice(0, axis), groups, granularity.size, ...codes.slice(axis + 1)];
  const scale = [...scaleShape.slice(0, axis + 1), 1, ...scaleShape.slice(axis + 1)];
  return { codes: split, scale };
}

/** Writes the operators that give the codes, uint8 of `shape`; returns their name. */
function emitUnpack(
  writer: Writer,
  value: string,
  planes: PackedWeight['planes'],
  count: number,
  shape: readonly number[],
  grouped: boolean,
): string {
  const byte = (wanted: string, values: readonly number[], dims: readonly number[]): string =>
    writer.shared(wanted, tensor(values, dims, 'uint8'));
  let codes = '';
  for (const { width, shift, initializer } of planes) {
    const step = (what: string): string => `${value}_${what}${width}`;
    let part = initializer;
    if (width < 8) {
      const shifts = Array.from({ length: 8 / width }, (_, i) => i * width);
      const moved = writer.temporary();
      const places = byte(step('places'), shifts, [1, shifts.length]);
      writer.node('BitShift', [part, places], [moved], { direction: text('RIGHT') });
      const kept = writer.temporary();
      writer.node('BitwiseAnd', [moved, byte(step('mask'), [2 ** width - 1], [])], [kept]);
      part = kept;
      if (count % shifts.length !== 0) {
        const flat = writer.temporary();
        writer.node('Reshape', [part, writer.int64s(step('all'), [-1])], [flat]);
        part = writer.temporary();
        const [start, end] = [
          writer.int64s(step('start'), [0]),
          writer.int64s(step('end'), [count]),
        ];
        writer.node('Slice', [flat, start, end], [part]);
      }
    }
    if (width < 8 || grouped) {
      const shaped = writer.temporary();
      writer.node('Reshape', [part, writer.int64s(step('shape'), shape)], [shaped]);
      part = shaped;
    }
    if (shift > 0) {
      const raised = writer.temporary();
      writer.node('BitShift', [part, byte(step('shift'), [shift], [])], [raised], {
        direction: text('LEFT'),
      });
      part = raised;
    }
    if (codes === '') codes = part;
    else {
      const joined = writer.temporary();
      writer.node('BitwiseOr', [codes, part], [joined]);
      codes = joined;
    }
  }
  return codes;
}

/** Whether everything that reads the weight multiplies it with quantized values. */
function feedsIntegers(writer: Writer, y: string, { granularity }: Quantizer): boolean {
  const readers = writer.consumers.get(y) ?? [];
  return (
    granularity.kind !== 'perGroup' &&
    readers.every(
      ({ op, inputs }) =>
        (op === 'conv2d' || op === 'convTranspose2d' || op === 'matmul') &&
        inputs[1] === y &&
        quantizerNode(writer, inputs[0] ?? '') !== undefined,
    )
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

/** Codes as float32, minus the code of zero, times the scale: engines fold the whole weight. */
function emitFloats(
  writer: Writer,
  node: Named,
  unpacked: string,
  y: string,
  quantizer: Quantizer,
  shape: readonly number[],
  filled: readonly number[],
  scaleShape: readonly number[],
): { scale: string; zero: string } {
  const { min } = codeRange(quantizer);
  const zeros = quantizer.zeroPoint.map((code) => code - min);
  const equal = zeros.every((code) => code === zeros[0]);
  const zero = writer.tensor(
    `${y}_zero`,
    equal ? scalar(zeros[0] ?? 0) : tensor(zeros, scaleShape, 'float32'),
  );
  const scale = writer.tensor(`${y}_scale`, tensor(quantizer.scale, scaleShape, 'float32'));
  const floats = writer.temporary();
  writer.node('Cast', [unpacked], [floats], { to: int(writer.typeCode('float32')) });
  const steps: Step[] = [
    ['Sub', zero],
    ['Mul', scale],
  ];
  const { granularity } = quantizer;
  if (granularity.kind === 'perGroup') {
    steps.push(['Reshape', writer.int64s(`${y}_grouped_shape`, filled)]);
    const { axis } = granularity;
    const along = shape[axis] ?? 1;
    if (along !== filled[axis]) {
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
  const { codes, shape } = offsetCodes(weight, quantizer);
  const planes = planesOf(bits).map((plane) => {
    const bytes = packPlane(codes, plane);
    const dims = plane.width === 8 ? shape : [bytes.length, 1];
    const initializer = writer.tensor(`${y}_packed${plane.width}`, tensor(bytes, dims, 'uint8'));
    return { ...plane, initializer };
  });
  const target = broadcastable(shape, quantizer);
  const unpacked = emitUnpack(
    writer,
    y,
    planes,
    codes.length,
    target.codes,
    granularity.kind === 'perGroup',
  );

  const integers = feedsIntegers(writer, y, quantizer);
  const names = integers
    ? emitIntegers(writer, node, unpacked, y, quantizer)
    : emitFloats(writer, node, unpacked, y, quantizer, weight.shape, shape, target.scale);
  annotate(writer, y, bits, names.scale, names.zero);

  const { min } = codeRange(quantizer);
  const zeros = quantizer.zeroPoint.map((code) => code - min);
  const description: PackedWeight = {
    version: 1,
    shape: weight.shape,
    bits,
    codes: shape,
    planes,
    zero: zeros.every((code) => code === zeros[0]) ? (zeros[0] ?? 0) : zeros,
    scale: names.scale,
    scaleShape,
    granularity,
  };
  writer.metadata.set(`subbyte.packed.${y}`, JSON.stringify(description));
}
