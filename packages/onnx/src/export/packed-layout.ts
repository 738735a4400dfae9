import { encode, type Quantizer } from '@subbyte/quantizers';
import { sizeOf, type Tensor } from '@subbyte/tensor';
import { lowestCode } from './integer-codes.ts';
import type { Step, Writer } from './writer.ts';

/** Shapes on the way from packed codes to a weight. */
export interface Layout {
  /** The weight's. */
  readonly shape: readonly number[];
  /** With the group axis rounded up to whole groups. */
  readonly filled: readonly number[];
  /** With groups as an axis of their own: what is scaled. */
  readonly split: readonly number[];
  /** Of scales that broadcast to `split`. */
  readonly scale: readonly number[];
}

/** The shapes of a weight of `shape`. */
export function layoutOf(shape: readonly number[], { granularity, scaleShape }: Quantizer): Layout {
  if (granularity.kind === 'perTensor') return { shape, filled: shape, split: shape, scale: [] };
  const { axis } = granularity;
  if (granularity.kind === 'perChannel') {
    const scale = shape.map((size, i) => (i === axis ? size : 1));
    return { shape, filled: shape, split: shape, scale };
  }
  const [before, after] = [shape.slice(0, axis), shape.slice(axis + 1)];
  const groups = scaleShape[axis] ?? 1;
  return {
    shape,
    filled: [...before, groups * granularity.size, ...after],
    split: [...before, groups, granularity.size, ...after],
    scale: [...before, groups, 1, ...after],
  };
}

/** Codes of `weight` from 0, filled up to whole groups with 0. */
export function offsetCodes(weight: Tensor, quantizer: Quantizer, layout: Layout): Uint8Array {
  const min = lowestCode(quantizer);
  const codes = Uint8Array.from(encode(weight, quantizer).data as Int8Array, (code) => code - min);
  const { granularity } = quantizer;
  if (granularity.kind !== 'perGroup') return codes;
  const inner = weight.shape.slice(granularity.axis + 1).reduce((a, b) => a * b, 1);
  const used = (weight.shape[granularity.axis] ?? 1) * inner;
  const full = (layout.filled[granularity.axis] ?? 1) * inner;
  const filled = new Uint8Array(sizeOf(layout.filled));
  for (let from = 0, to = 0; from < codes.length; from += used, to += full) {
    filled.set(codes.subarray(from, from + used), to);
  }
  return filled;
}

/** The operators that bring scaled groups back into the shape of the weight. */
export function joinGroups(
  writer: Writer,
  y: string,
  { granularity }: Quantizer,
  { shape, filled }: Layout,
): Step[] {
  if (granularity.kind !== 'perGroup') return [];
  const steps: Step[] = [['Reshape', writer.int64s(`${y}_filled`, filled)]];
  const { axis } = granularity;
  const along = shape[axis] ?? 1;
  if (along !== filled[axis]) {
    const bound = (what: string, v: number): string => writer.int64s(`${y}_${what}`, [v]);
    steps.push(['Slice', bound('from', 0), bound('to', along), bound('axis', axis)]);
  }
  return steps;
}
