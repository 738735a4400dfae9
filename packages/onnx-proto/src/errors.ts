/** Thrown for bytes that are not a sound ONNX protobuf message, and for values that do not fit one. */
export class OnnxProtoError extends Error {
  override readonly name = 'OnnxProtoError';
  /** Stable identifier for programs. */
  readonly code = 'SUBBYTE_ONNX_PROTO';
  /** Position in the file where the fault was noticed, in bytes; absent when writing. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.offset = offset;
  }
}
