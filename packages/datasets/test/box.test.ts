import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Box, boxArea, intersectionOverUnion } from '../src/index.ts';

const box = (left: number, top: number, right: number, bottom: number): Box => ({
  left,
  top,
  right,
  bottom,
});

test.each([
  [box(0, 0, 4, 2), box(0, 0, 4, 2), 1],
  [box(0, 0, 4, 2), box(2, 0, 6, 2), 4 / 12],
  [box(0, 0, 4, 4), box(1, 1, 3, 3), 4 / 16],
  [box(0, 0, 4, 4), box(4, 0, 8, 4), 0],
  [box(0, 0, 4, 4), box(9, 9, 12, 12), 0],
  [box(1, 1, 1, 1), box(1, 1, 1, 1), 0],
  [box(3, 3, 0, 0), box(0, 0, 3, 3), 0],
])('%j and %j share %d of what they cover', (a, b, expected) => {
  expect(intersectionOverUnion(a, b)).toBeCloseTo(expected, 12);
});

test('the overlap is symmetric, from 0 to 1, and the share of covered pixels', () => {
  const side = fc.integer({ min: 0, max: 12 });
  const boxes = fc.tuple(side, side, side, side).map(([l, t, w, h]) => box(l, t, l + w, t + h));
  fc.assert(
    fc.property(boxes, boxes, (a, b) => {
      const inside = (some: Box, x: number, y: number): boolean =>
        x >= some.left && x < some.right && y >= some.top && y < some.bottom;
      let [both, either] = [0, 0];
      for (let y = 0; y < 24; y++) {
        for (let x = 0; x < 24; x++) {
          if (inside(a, x, y) && inside(b, x, y)) both++;
          if (inside(a, x, y) || inside(b, x, y)) either++;
        }
      }
      expect(intersectionOverUnion(a, b)).toBeCloseTo(either === 0 ? 0 : both / either, 12);
      expect(intersectionOverUnion(b, a)).toBe(intersectionOverUnion(a, b));
      expect(boxArea(a)).toBe((a.right - a.left) * (a.bottom - a.top));
    }),
  );
});
