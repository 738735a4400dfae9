import { packStream } from '@subbyte/bitpack';
import { onnxDataTypes } from '@subbyte/onnx-proto';
import { encode, type Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { annotate, axisOf } from './quantized-value.ts';
import type { Named, Writer } from './writer.ts';

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
      ? writer.raw(wanted, small, values.shape, packStream(values.data as Int8Array, 4, { signed }))
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
