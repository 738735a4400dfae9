// Conversions between float32 and the integer types that occur in models.
export function copyBytes(x: usize, y: usize, bytes: usize): void { memory.copy(y, x, bytes); }
export function floatToInt32(x: usize, y: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x < end; x += 16) {
    v128.store(y, i32x4.trunc_sat_f32x4_s(v128.load(x)));
    y += 16;
  }
}
export function int32ToFloat(x: usize, y: usize, n: i32): void {
  const end = x + (<usize>n << 2);
  for (; x < end; x += 16) {
    v128.store(y, f32x4.convert_i32x4_s(v128.load(x)));
    y += 16;
  }
}
export function uint8ToFloat(x: usize, y: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<f32>(y + (<usize>i << 2), <f32>load<u8>(x + <usize>i));
}
