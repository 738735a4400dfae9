import type { Kernel } from '../table.ts';
import { numbersOf } from './arrays.ts';
import { broadcastOffsets } from './binary.ts';
import { allocateResult } from './result.ts';

/** `condition ? a : b`. */
export const where: Kernel<'where'> = (operands, options) => {
  const result = allocateResult('where', operands, options);
  const [conditions, fromA, fromB] = operands.map((operand) => ({
    // Bigint arrays work alike: elements are only moved.
    data: numbersOf(operand),
    offsets: broadcastOffsets(operand, result.shape),
  })) as [Source, Source, Source];
  const to = numbersOf(result);
  for (let i = 0; i < to.length; i++) {
    to[i] = at(conditions, i) !== 0 ? at(fromA, i) : at(fromB, i);
  }
  return result;
};

interface Source {
  readonly data: ReturnType<typeof numbersOf>;
  readonly offsets: Int32Array | undefined;
}

function at({ data, offsets }: Source, i: number): number {
  return data[offsets ? (offsets[i] as number) : i] as number;
}
