export { OnnxError, type OnnxErrorOptions } from './errors.ts';
export { opCounts } from './export/op-counts.ts';
export type { PackedWeight } from './export/packed-weight.ts';
export { type ToOnnxOptions, toOnnx, toOnnxModel } from './export/to-onnx.ts';
export type { Form } from './export/writer.ts';
export type { ExternalData } from './import/external-data.ts';
export { type FromOnnxOptions, fromOnnx, supportedOpsets } from './import/from-onnx.ts';
