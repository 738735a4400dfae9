import { decodeModel } from '@subbyte/onnx-proto';

/**
 * How often each operator occurs in the main graph of an ONNX file, `domain.Operator` outside the
 * default domain (`com.microsoft.QLinearConv`). Given the optimized model that onnxruntime saves,
 * it tells what really runs in integers.
 * @throws OnnxProtoError for bytes that are no ONNX model.
 */
export function opCounts(model: Uint8Array): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { opType = '', domain = '' } of decodeModel(model).graph?.node ?? []) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
