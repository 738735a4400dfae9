export { OnnxError, type OnnxErrorOptions } from './errors.ts';
export type { PackedWeight } from './export/packed-weight.ts';
export { type ToOnnxOptions, toOnnx, toOnnxModel } from './export/to-onnx.ts';
export type { Form } from './export/writer.ts';
