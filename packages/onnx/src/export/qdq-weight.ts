import { packStream } from '@subbyte/bitpack';
import { onnxDataTypes } from '@subbyte/onnx-proto';
import type { Quantizer } from '@subbyte/quantizers';
import { type Tensor, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import { byteCodes, byteType, fitsByte, zeroPointsOf } from './integer-codes.ts';
import { emitPackedWeight } from './packed-weight.ts';
import { annotate, axisOf } from './quantized-value.ts';
import type { Named, Writer } from './writer.ts';

/**
 * Writes `y`, the dequantized `weight`, as integer codes and DequantizeLinear: uniform 4-bit codes as
 * INT4 or UINT4, other widths in bytes (INT2 does not load or computes wrongly in onnxruntime 1.30),
 * levels of a codebook in bytes too. Levels that no byte holds are packed.
 */
export function emitQdqWeight(
  writer: Writer,
  node: Named,
  weight: Tensor,
  y: string,
  quantizer: Quantizer,
): void {
  if (!fitsByte(quantizer)) {
    emitPackedWeight(writer, node, weight, y, quantizer);
    return;
  }
  const { bits, scheme, granularity, scaleShape } = quantizer;
  const grouped = granularity.kind === 'perGroup';
  const isInt4 = scheme === 'uniform' && bits === 4;
  if (isInt4 || grouped) writer.require(node, '4-bit and grouped weights', 21);
  if (grouped && weight.shape.length < 2) {
    throw writer.unsupported(node, 'a tensor of rank 1 cannot be quantized per group');
  }
  const signed = byteType(quantizer) === 'int8';
  const small = signed ? onnxDataTypes.int4 : onnxDataTypes.uint4;
  const write = (wanted: string, values: Tensor): string =>
    isInt4
      ? writer.raw(wanted, small, values.shape, packStream(values.data as Int8Array, 4, { signed }))
      : writer.tensor(wanted, values);

  const quantized = write(`${y}_codes`, byteCodes(weight, quantizer));
  const scale = writer.tensor(`${y}_scale`, tensor(quantizer.scale, scaleShape, 'float32'));
  // Zeros are the default, but onnxruntime makes no QGemm of a weight without a zero point.
  const zeroPoint = write(`${y}_zero_point`, zeroPointsOf(quantizer));
  annotate(writer, y, bits, scale, zeroPoint);
  const attributes = grouped
    ? { ...axisOf(quantizer), block_size: int(granularity.size) }
    : axisOf(quantizer);
  writer.dequantized.add(y);
  writer.node('DequantizeLinear', [quantized, scale, zeroPoint], [y], attributes, node.name);
}
