import { onnxDataTypes } from '@subbyte/onnx-proto';
import { encode, type Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { packPlane } from './packed-layout.ts';
import { annotate, axisOf } from './quantized-value.ts';
import type { Named, Writer } from './writer.ts';

/** Codes of 4 bits, two to a byte, the first in the low half; two's complement when signed. */
function packNibbles(codes: ArrayLike<number>): Uint8Array {
  return packPlane(
    Uint8Array.from(codes, (code) => code & 15),
    { width: 4, shift: 0 },
  );
}

/**
 * Writes `y`, the dequantized `weight`, as integer codes and DequantizeLinear: 4-bit codes as
 * INT4 or UINT4, other widths in bytes (INT2 does not load or computes wrongly in onnxruntime 1.30).
 */
export function emitQdqWeight(
  writer: Writer,
  node: Named,
  weight: Tensor,
  y: string,
  quantizer: Quantizer,
): void {
  const { bits, signed, granularity, scaleShape } = quantizer;
  const grouped = granularity.kind === 'perGroup';
  if (bits === 4 || grouped) writer.require(node, '4-bit and grouped weights', 21);
  if (grouped && weight.shape.length < 2) {
    throw writer.unsupported(node, 'a tensor of rank 1 cannot be quantized per group');
  }
  const dtype = signed ? 'int8' : 'uint8';
  const small = signed ? onnxDataTypes.int4 : onnxDataTypes.uint4;
  const codes = encode(weight, quantizer);
  const write = (wanted: string, values: Tensor): string =>
    bits === 4
      ? writer.raw(wanted, small, values.shape, packNibbles(values.data as Int8Array))
      : writer.tensor(wanted, values);

  const quantized = write(`${y}_codes`, codes);
  const scale = writer.tensor(`${y}_scale`, tensor(quantizer.scale, scaleShape, 'float32'));
  // Zeros are the default, but onnxruntime makes no QGemm of a weight without a zero point.
  const zeroPoint = write(`${y}_zero_point`, tensor(quantizer.zeroPoint, scaleShape, dtype));
  annotate(writer, y, bits, scale, zeroPoint);
  const attributes = grouped
    ? { ...axisOf(quantizer), block_size: int(granularity.size) }
    : axisOf(quantizer);
  writer.dequantized.add(y);
  writer.node('DequantizeLinear', [quantized, scale, zeroPoint], [y], attributes, node.name);
}
