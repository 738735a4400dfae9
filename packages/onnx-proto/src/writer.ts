import { OnnxProtoError } from './errors.ts';
import type { ScalarKind } from './schema.ts';

/** Protobuf readers take at most this many bytes. */
const maxBytes = 2 ** 31 - 1;

const utf8 = new TextEncoder();

/**
 * Writes protobuf backwards, from the last byte to the first, so that the length of a nested
 * message is known when its turn comes.
 */
export class Writer {
  private buffer = new Uint8Array(1024);
  private start = 1024;

  /** Bytes written so far. */
  get length(): number {
    return this.buffer.length - this.start;
  }

  /** The bytes written, as a copy. */
  finish(): Uint8Array {
    return this.buffer.slice(this.start);
  }

  /** Makes room for `size` bytes in front and gives their place. */
  private reserve(size: number): number {
    if (this.start < size) {
      const used = this.length;
      const wanted = used + size;
      if (wanted > maxBytes) {
        throw new OnnxProtoError(`the model takes ${wanted} bytes, a file holds ${maxBytes}`);
      }
      const capacity = Math.max(this.buffer.length * 2, wanted);
      const larger = new Uint8Array(capacity);
      larger.set(this.buffer.subarray(this.start), capacity - used);
      this.buffer = larger;
      this.start = capacity - used;
    }
    this.start -= size;
    return this.start;
  }

  /** Writes an unsigned number below 2^53. */
  unsigned(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    let place = this.reserve(size);
    let rest = value;
    for (; size > 1; size--) {
      this.buffer[place++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[place] = rest;
  }

  private bits64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    const bytes: number[] = [];
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
    this.raw(Uint8Array.from(bytes));
  }

  private raw(bytes: Uint8Array): void {
    const place = this.reserve(bytes.length);
    this.buffer.set(bytes, place);
  }

  private run(bytes: Uint8Array): void {
    this.raw(bytes);
    this.unsigned(bytes.length);
  }

  private fixed(size: 4 | 8, value: number): void {
    const place = this.reserve(size);
    const view = new DataView(this.buffer.buffer, place, size);
    if (size === 4) view.setFloat32(0, value, true);
    else view.setFloat64(0, value, true);
  }

  private integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new OnnxProtoError(`${value} is not an integer`);
    if (value >= 0) this.unsigned(value);
    else this.bits64(BigInt(value));
  }

  private bigint(value: bigint, fits: boolean): void {
    if (!fits) throw new OnnxProtoError(`${value} does not fit 64 bits`);
    this.bits64(value);
  }

  /** Writes scalars by kind. */
  readonly scalar: { readonly [Kind in ScalarKind]: (value: never) => void } = {
    string: (value: string) => this.run(utf8.encode(value)),
    bytes: (value: Uint8Array) => this.run(value),
    float: (value: number) => this.fixed(4, value),
    double: (value: number) => this.fixed(8, value),
    int32: (value: number) => {
      if (value !== (value | 0)) throw new OnnxProtoError(`${value} does not fit 32 bits`);
      this.integer(value);
    },
    integer: (value: number) => this.integer(value),
    int64: (value: bigint) => this.bigint(value, value === BigInt.asIntN(64, value)),
    uint64: (value: bigint) => this.bigint(value, value === BigInt.asUintN(64, value)),
  };
}
