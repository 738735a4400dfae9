// The values that later units need, of every calibration sample, before and behind quantization.

import type { Graph } from '@subbyte/graph';
import { bytesPerElement, type Tensor, toHeap } from '@subbyte/tensor';
import { borrowValue, type KeptValue } from './kept-value.ts';
import type { Bucket } from './sample-chunks.ts';
import type { Unit } from './units.ts';

/** Values by name, for one chunk of samples. */
export type ChunkValues = Map<string, KeptValue>;

/** Values of all chunks, bucket by bucket. */
export type LiveValues = readonly ChunkValues[][];

/** The graph's inputs as the first live values: whoever calls holds them. */
export function inputValues(buckets: readonly Bucket[]): LiveValues {
  return buckets.map(({ chunks }) =>
    chunks.map(
      (batch) => new Map(Object.entries(batch).map(([name, value]) => [name, borrowValue(value)])),
    ),
  );
}

/** Lets other work happen, so that an abort arrives. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** What an executor gave, moved to the heap. */
export function toKeep(results: Readonly<Record<string, Tensor>>): Map<string, Tensor> {
  return new Map(
    Object.entries(results).map(([name, value]) => {
      const copy = toHeap(value);
      value.storage.dispose();
      return [name, copy];
    }),
  );
}

/** Bytes of tensors. */
export function weigh(values: Iterable<Tensor>): number {
  let bytes = 0;
  for (const { size, dtype } of values) bytes += size * bytesPerElement(dtype);
  return bytes;
}

/** Bytes of kept values. */
export function heldBy(live: LiveValues): number {
  const chunks = live.flat();
  return chunks.reduce(
    (sum, values) => sum + [...values.values()].reduce((own, { bytes }) => own + bytes, 0),
    0,
  );
}

/** Names in one of the two graphs that units from number `from` on read and those before it made. */
export function liveNames(
  units: readonly Unit[],
  from: number,
  kind: 'float' | 'quantized',
): ReadonlySet<string> {
  const behind = units.slice(from);
  const made = new Set(behind.flatMap((unit) => unit[kind].outputs.map(({ name }) => name)));
  const read = behind.flatMap(({ inputs }) => inputs.map((pair) => pair[kind]));
  return new Set(read.filter((name) => !made.has(name)));
}

/** Parts of a graph as one that makes `wanted` of values that are `given`. */
export function joinParts(
  parts: readonly Graph[],
  given: (name: string) => boolean,
  wanted: readonly string[],
): Graph {
  const needed = new Set(wanted);
  const made = new Set<string>();
  const nodes = parts
    .flatMap((part) => part.nodes)
    .toReversed()
    .filter((node) => {
      const own = node.outputs.filter((name) => name !== '' && !given(name));
      if (!own.some((name) => needed.has(name))) return false;
      for (const name of own) made.add(name);
      for (const name of node.inputs) needed.add(name);
      return true;
    })
    .reverse();
  const constants = new Map(
    parts.flatMap((part) => [...part.constants]).filter(([name]) => needed.has(name)),
  );
  const infos = new Map(
    parts.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].map((own) => [own.name, own])),
  );
  const infoOf = (name: string): Graph['inputs'][number] =>
    infos.get(name) ?? { name, dtype: 'float32' };
  const inputs = [...needed].filter(
    (name) => name !== '' && !made.has(name) && !constants.has(name),
  );
  return {
    ...(parts[0] as Graph),
    inputs: inputs.map(infoOf),
    outputs: wanted.map(infoOf),
    nodes,
    constants,
  };
}
