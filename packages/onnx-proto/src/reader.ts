import { OnnxProtoError } from './errors.ts';
import type { ScalarKind } from './schema.ts';

/** How a field's bytes are laid out: protobuf's wire types, without the obsolete groups. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Wire type of each kind of scalar. */
export const wireTypeOf: { readonly [Kind in ScalarKind]: number } = {
  string: wireTypes.bytes,
  bytes: wireTypes.bytes,
  float: wireTypes.fixed32,
  double: wireTypes.fixed64,
  int32: wireTypes.varint,
  integer: wireTypes.varint,
  int64: wireTypes.varint,
  uint64: wireTypes.varint,
};

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads protobuf scalars from bytes; every read checks the end first. */
export class Reader {
  /** Place of the next byte. */
  position = 0;
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private low = 0;
  private high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** An error at the place of the next byte. */
  error(message: string): OnnxProtoError {
    return new OnnxProtoError(message, this.position);
  }

  /** Reads one varint; its 64 bits stay in `low` and `high`. */
  private varint(end: number): void {
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      if (this.position >= end) throw this.error('the message ends inside a number');
      const byte = this.bytes[this.position++] as number;
      const bits = byte & 0x7f;
      const shift = index * 7;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high |= bits >> 4;
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw this.error('a number takes more than 10 bytes');
  }

  /** A field's number and wire type. */
  tag(end: number): { readonly number: number; readonly wireType: number } {
    this.varint(end);
    const number = this.low >>> 3;
    if (number === 0 || this.high !== 0) throw this.error('a field number is out of range');
    return { number, wireType: this.low & 7 };
  }

  /** Reads the length of a run of bytes and gives its end, which lies within `end`. */
  runEnd(end: number): number {
    this.varint(end);
    const length = this.high * 2 ** 32 + this.low;
    if (length > end - this.position) {
      throw this.error(`a field claims ${length} bytes, ${end - this.position} are left`);
    }
    return this.position + length;
  }

  /** A view of the next `size` bytes. */
  private take(size: number, end: number): number {
    if (size > end - this.position) throw this.error('the message ends inside a number');
    const start = this.position;
    this.position += size;
    return start;
  }

  /** Steps over a field nobody knows. */
  skip(wireType: number, end: number): void {
    if (wireType === wireTypes.varint) this.varint(end);
    else if (wireType === wireTypes.fixed64) this.take(8, end);
    else if (wireType === wireTypes.fixed32) this.take(4, end);
    else if (wireType === wireTypes.bytes) this.position = this.runEnd(end);
    else throw this.error(`wire type ${wireType} is not in use`);
  }

  /** Reads scalars by kind. */
  readonly scalar: { readonly [Kind in ScalarKind]: (end: number) => unknown } = {
    string: (end) => utf8.decode(this.run(end)),
    bytes: (end) => this.run(end),
    float: (end) => this.view.getFloat32(this.take(4, end), true),
    double: (end) => this.view.getFloat64(this.take(8, end), true),
    int32: (end) => {
      this.varint(end);
      return this.low | 0;
    },
    integer: (end) => {
      this.varint(end);
      const value = (this.high | 0) * 2 ** 32 + this.low;
      if (!Number.isSafeInteger(value)) throw this.error(`${value} is too large`);
      return value;
    },
    int64: (end) => {
      this.varint(end);
      return (BigInt(this.high | 0) << 32n) | BigInt(this.low);
    },
    uint64: (end) => {
      this.varint(end);
      return (BigInt(this.high) << 32n) | BigInt(this.low);
    },
  };

  private run(end: number): Uint8Array {
    const stop = this.runEnd(end);
    const run = this.bytes.subarray(this.position, stop);
    this.position = stop;
    return run;
  }
}
