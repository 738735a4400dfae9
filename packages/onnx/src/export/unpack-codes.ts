import type { BytePlane } from '@subbyte/bitpack';
import { sizeOf, tensor } from '@subbyte/tensor';
import { text } from './attributes.ts';
import type { Writer } from './writer.ts';

/** A plane in the model: the name of its UINT8 initializer. */
export interface StoredPlane extends BytePlane {
  readonly initializer: string;
}

/** Writes the operators that give the codes, uint8 of `shape`; returns their name. */
export function emitUnpack(
  writer: Writer,
  value: string,
  planes: readonly StoredPlane[],
  shape: readonly number[],
): string {
  const count = sizeOf(shape);
  const byte = (wanted: string, values: readonly number[], dims: readonly number[]): string =>
    writer.shared(wanted, tensor(values, dims, 'uint8'));
  let codes = '';
  for (const { width, shift, initializer } of planes) {
    const step = (what: string): string => `${value}_${what}${width}`;
    let part = initializer;
    if (width < 8) {
      const shifts = Array.from({ length: 8 / width }, (_, i) => i * width);
      const moved = writer.temporary();
      const places = byte(step('places'), shifts, [1, shifts.length]);
      writer.node('BitShift', [part, places], [moved], { direction: text('RIGHT') });
      const kept = writer.temporary();
      writer.node('BitwiseAnd', [moved, byte(step('mask'), [2 ** width - 1], [])], [kept]);
      part = kept;
      if (count % shifts.length !== 0) {
        const flat = writer.temporary();
        writer.node('Reshape', [part, writer.int64s(step('all'), [-1])], [flat]);
        part = writer.temporary();
        const [start, end] = [
          writer.int64s(step('start'), [0]),
          writer.int64s(step('end'), [count]),
        ];
        writer.node('Slice', [flat, start, end], [part]);
      }
    }
    if (width < 8) {
      const shaped = writer.temporary();
      writer.node('Reshape', [part, writer.int64s(step('shape'), shape)], [shaped]);
      part = shaped;
    }
    if (shift > 0) {
      const raised = writer.temporary();
      writer.node('BitShift', [part, byte(step('shift'), [shift], [])], [raised], {
        direction: text('LEFT'),
      });
      part = raised;
    }
    if (codes === '') codes = part;
    else {
      const joined = writer.temporary();
      writer.node('BitwiseOr', [codes, part], [joined]);
      codes = joined;
    }
  }
  return codes;
}
