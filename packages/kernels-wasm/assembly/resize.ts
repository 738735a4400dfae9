// Resampling of planes by tables of positions (elements) and weights per row and column.
import { storeLanes } from './lanes';

export function resizeNearest(
  from: usize, to: usize, planes: i32, plane: i32, width: i32,
  rows: i32, rowOf: usize, columns: i32, columnOf: usize,
): void {
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < rows; y++) {
      const line = from + (<usize>(load<i32>(rowOf + (<usize>y << 2)) * width) << 2);
      for (let x: usize = 0; x < <usize>columns << 2; x += 4) {
        store<u32>(to + x, load<u32>(line + (<usize>load<i32>(columnOf + x) << 2)));
      }
      to += <usize>columns << 2;
    }
    from += <usize>plane << 2;
  }
}

/** Tables: left and right (upper and lower) positions and the weight of the right (lower) one. */
export function resizeLinear(
  from: usize, to: usize, planes: i32, plane: i32, width: i32,
  rows: i32, upper: usize, lower: usize, rowWeight: usize,
  columns: i32, left: usize, right: usize, columnWeight: usize,
): void {
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < rows; y++) {
      const at = <usize>y << 2;
      const top = from + (<usize>(load<i32>(upper + at) * width) << 2);
      const bottom = from + (<usize>(load<i32>(lower + at) * width) << 2);
      const wy = v128.load32_splat(rowWeight + at);
      const vy = f32x4.sub(f32x4.splat(1), wy);
      for (let x = 0; x < columns; x += 4) {
        const c = <usize>x << 2;
        const l = v128.load(left + c), r = v128.load(right + c);
        const l0 = <usize>i32x4.extract_lane(l, 0) << 2, l1 = <usize>i32x4.extract_lane(l, 1) << 2;
        const l2 = <usize>i32x4.extract_lane(l, 2) << 2, l3 = <usize>i32x4.extract_lane(l, 3) << 2;
        const r0 = <usize>i32x4.extract_lane(r, 0) << 2, r1 = <usize>i32x4.extract_lane(r, 1) << 2;
        const r2 = <usize>i32x4.extract_lane(r, 2) << 2, r3 = <usize>i32x4.extract_lane(r, 3) << 2;
        const a = f32x4(load<f32>(top + l0), load<f32>(top + l1), load<f32>(top + l2), load<f32>(top + l3));
        const b = f32x4(load<f32>(top + r0), load<f32>(top + r1), load<f32>(top + r2), load<f32>(top + r3));
        const d = f32x4(load<f32>(bottom + l0), load<f32>(bottom + l1), load<f32>(bottom + l2), load<f32>(bottom + l3));
        const e = f32x4(load<f32>(bottom + r0), load<f32>(bottom + r1), load<f32>(bottom + r2), load<f32>(bottom + r3));
        const wx = v128.load(columnWeight + c);
        const vx = f32x4.sub(f32x4.splat(1), wx);
        const above = f32x4.add(f32x4.mul(a, vx), f32x4.mul(b, wx));
        const below = f32x4.add(f32x4.mul(d, vx), f32x4.mul(e, wx));
        storeLanes(to + c, f32x4.add(f32x4.mul(above, vy), f32x4.mul(below, wy)), columns - x);
      }
      to += <usize>columns << 2;
    }
    from += <usize>plane << 2;
  }
}
