// IEEE 754 half precision: 1 sign, 5 exponent and 10 fraction bits.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The code of the half nearest to `value`, on a tie the even one; from 65 520 on infinity. */
export function toFloat16(value: number): number {
  float[0] = value;
  const code = bits[0] as number;
  const sign = (code >>> 16) & 0x8000;
  const magnitude = code & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  // A carry out of the fraction goes into the exponent, where it belongs.
  if (magnitude >= 0x38800000) {
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // Below the least normal number halves are multiples of 2^-24.
  const multiple = Math.abs(value) * 2 ** 24;
  const below = Math.floor(multiple);
  const rest = multiple - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 === 1);
  return sign | (below + (up ? 1 : 0));
}

/** The number with the half precision code `code`. */
export function fromFloat16(code: number): number {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >>> 10) & 0x1f;
  const fraction = code & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let table: Float32Array | undefined;

/** Every half by its code: `fromFloat16` of 0 to 65535. */
export function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65_536 }, (_, code) => fromFloat16(code));
  return table;
}
