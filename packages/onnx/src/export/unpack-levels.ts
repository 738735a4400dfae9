import { packTrits, tritsOf, tritsPerByte } from '@subbyte/bitpack';
import { sizeOf, tensor } from '@subbyte/tensor';
import { int } from './attributes.ts';
import type { Writer } from './writer.ts';

/** Writes the rows of `table` that `codes` (uint8) name; returns their name. */
function lookUp(writer: Writer, table: string, codes: string): string {
  const [places, rows] = [writer.temporary(), writer.temporary()];
  writer.node('Cast', [codes], [places], { to: int(writer.typeCode('int32')) });
  writer.node('Gather', [table, places], [rows], { axis: int(0) });
  return rows;
}

/** Writes the levels that codes from 0 stand for; returns their name. */
export function emitLevels(
  writer: Writer,
  y: string,
  codes: string,
  levels: readonly number[],
  dtype: 'int8' | 'float32',
): string {
  return lookUp(
    writer,
    writer.shared(`${y}_levels`, tensor(levels, [levels.length], dtype)),
    codes,
  );
}

/**
 * Writes ternary codes, from 0, five to a byte, and a table with the five of each byte; returns the
 * names of the codes from -1 and of the bytes.
 */
export function emitTrits(
  writer: Writer,
  y: string,
  codes: Uint8Array,
  shape: readonly number[],
  dtype: 'int8' | 'float32',
): { values: string; trits: string } {
  const bytes = packTrits(Int8Array.from(codes, (code) => code - 1));
  const trits = writer.tensor(`${y}_packed_trits`, tensor(bytes, [bytes.length], 'uint8'));
  const rows = 3 ** tritsPerByte;
  const all = Array.from({ length: rows }, (_, byte) => tritsOf(byte)).flat();
  const table = writer.shared(`${y}_trits`, tensor(all, [rows, tritsPerByte], dtype));
  let values = lookUp(writer, table, trits);
  const count = sizeOf(shape);
  const reshape = (x: string, what: string, sizes: readonly number[]): string => {
    const result = writer.temporary();
    writer.node('Reshape', [x, writer.int64s(`${y}_${what}`, sizes)], [result]);
    return result;
  };
  if (count % tritsPerByte !== 0) {
    const [start, end] = [writer.int64s(`${y}_start`, [0]), writer.int64s(`${y}_end`, [count])];
    const cut = writer.temporary();
    writer.node('Slice', [reshape(values, 'all', [-1]), start, end], [cut]);
    values = cut;
  }
  return { values: reshape(values, 'shape', shape), trits };
}
