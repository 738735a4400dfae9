import { bytePlanesOf, packBytePlane } from '@subbyte/bitpack';
import { codebookOf, type LevelQuantizer, type Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { fitsByte, zeroPointsOf } from './integer-codes.ts';
import { joinGroups, type Layout, layoutOf, offsetCodes } from './packed-layout.ts';
import { annotate, axisOf, quantizerNode } from './quantized-value.ts';
import { emitUnpack, type StoredPlane } from './unpack-codes.ts';
import { emitLevels, emitTrits } from './unpack-levels.ts';
import { emitCodes, emitSteps, packedZero } from './unpack-uniform.ts';
import type { Named, Step, Writer } from './writer.ts';

/** What is said about every packed weight. */
interface PackedBase {
  /** Shape of the weight. */
  readonly shape: readonly number[];
  readonly bits: number;
  /** Shape of the packed codes: `shape`, its group axis rounded up to whole groups. */
  readonly codes: readonly number[];
  /** Float32 initializer, `scaleShape` elements. */
  readonly scale: string;
  readonly scaleShape: readonly number[];
  readonly granularity: Quantizer['granularity'];
}

/** A packed weight on a uniform grid: `(code - zero) * scale`. */
interface PackedUniform extends PackedBase {
  readonly version: 1;
  /** UINT8 initializers, lowest bits first. */
  readonly planes: readonly StoredPlane[];
  /** The packed code that stands for 0: one for all, or one per scale. */
  readonly zero: number | readonly number[];
}

/** A packed weight whose codes stand for levels: `levels[code] * scale + offset`. */
interface PackedLevels extends PackedBase {
  readonly version: 2;
  readonly scheme: LevelQuantizer['scheme'];
  /** UINT8 initializers, lowest bits first; absent: `trits`. */
  readonly planes?: readonly StoredPlane[];
  /** UINT8 initializer, five codes in a byte. */
  readonly trits?: string;
  /** Whole numbers. */
  readonly levels: readonly number[];
  /** Float32 initializer, `scaleShape` elements; absent: 0. */
  readonly offset?: string;
}

/** What `metadata_props` say about a packed weight, as JSON under `subbyte.packed.<value>`. */
export type PackedWeight = PackedUniform | PackedLevels;

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

/** Codes from 0 as packed planes and the operators that unpack them. */
function emitPlanes(
  writer: Writer,
  y: string,
  codes: Uint8Array,
  bits: number,
  { split }: Layout,
): { packed: string; planes: StoredPlane[] } {
  const planes = bytePlanesOf(bits).map((plane) => {
    const bytes = packBytePlane(codes, plane);
    const dims = plane.width === 8 ? split : [bytes.length, 1];
    const initializer = writer.tensor(`${y}_packed${plane.width}`, tensor(bytes, dims, 'uint8'));
    return { ...plane, initializer };
  });
  return { packed: emitUnpack(writer, y, planes, split), planes };
}

/** The weight before scales: `values` is int8 or uint8 where `integers`, else float32. */
interface Unpacked {
  readonly values: string;
  /** The float32 operand that holds the zero points. */
  readonly zero?: string;
  /** What the metadata say of it. */
  readonly description:
    | Omit<PackedUniform, keyof PackedBase>
    | Omit<PackedLevels, keyof PackedBase>;
}

function emitValues(
  writer: Writer,
  node: Named,
  y: string,
  codes: Uint8Array,
  quantizer: Quantizer,
  layout: Layout,
  integers: boolean,
): Unpacked {
  const { bits } = quantizer;
  const dtype = integers ? 'int8' : 'float32';
  if (quantizer.scheme === 'uniform') {
    const { packed, planes } = emitPlanes(writer, y, codes, bits, layout);
    const description = { version: 1, planes, zero: packedZero(quantizer) } as const;
    if (integers) return { values: emitCodes(writer, node, packed, y, quantizer), description };
    const { steps, zero } = emitSteps(writer, node, packed, y, quantizer, layout);
    return { values: steps, zero, description };
  }
  const { scheme } = quantizer;
  const levels = [...codebookOf(quantizer).levels];
  if (scheme === 'ternary') {
    const { values, trits } = emitTrits(writer, y, codes, layout.split, dtype);
    return { values, description: { version: 2, scheme, trits, levels } };
  }
  const { packed, planes } = emitPlanes(writer, y, codes, bits, layout);
  const values = emitLevels(writer, y, packed, levels, dtype);
  return { values, description: { version: 2, scheme, planes, levels } };
}

/** The initializer with the offsets, where there are any. */
function writeOffset(
  writer: Writer,
  y: string,
  quantizer: Quantizer,
  layout: Layout,
): { offset?: string } {
  if (quantizer.scheme !== 'ternary' || quantizer.offset.every((offset) => offset === 0)) return {};
  return { offset: writer.tensor(`${y}_offset`, tensor(quantizer.offset, layout.scale)) };
}

/**
 * Writes `y`, the dequantized `weight`, as packed codes and the standard operators that unpack them,
 * which engines run once, when they load the model: to bytes (codes, or the whole numbers of a
 * codebook) behind DequantizeLinear where the weight meets quantized activations, so that the
 * products run in integers; else to floats.
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
  const integers = fitsByte(quantizer) && feedsIntegers(writer, y, quantizer);
  const unpacked = emitValues(writer, node, y, codes, quantizer, layout, integers);
  const { values, description } = unpacked;
  const scale = writer.tensor(
    `${y}_scale`,
    tensor(quantizer.scale, integers ? scaleShape : layout.scale),
  );
  const offset = writeOffset(writer, y, quantizer, layout);
  if (integers) {
    const zero = writer.tensor(`${y}_zero_point`, zeroPointsOf(quantizer));
    writer.dequantized.add(y);
    writer.node('DequantizeLinear', [values, scale, zero], [y], axisOf(quantizer), node.name);
    annotate(writer, y, bits, scale, zero);
  } else {
    const steps: Step[] = [['Mul', scale]];
    if (offset.offset !== undefined) steps.push(['Add', offset.offset]);
    writer.chain(node, values, [...steps, ...joinGroups(writer, y, quantizer, layout)], y);
    annotate(writer, y, bits, scale, unpacked.zero);
  }
  const entry: PackedWeight = {
    ...description,
    shape: layout.shape,
    bits,
    codes: layout.filled,
    scale,
    scaleShape,
    ...offset,
    granularity,
  };
  writer.metadata.set(`subbyte.packed.${y}`, JSON.stringify(entry));
}
