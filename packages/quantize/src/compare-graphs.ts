import { createExecutor, type Graph } from '@subbyte/graph';
import { sameShape, type Tensor, toHeap } from '@subbyte/tensor';
import { takeBatches } from './batches.ts';
import type { Batches } from './config.ts';
import { addNoise, type NoiseSums, noNoise, sqnrOf } from './sqnr.ts';

/** How far one value of two graphs lies apart. */
export interface ValueDifference {
  readonly value: string;
  /** The node that makes it in the first graph. */
  readonly layer: string;
  readonly op: string;
  /** dB, first graph as the signal. */
  readonly sqnr: number;
  readonly meanSquaredError: number;
  readonly largestError: number;
}

/** How far two graphs lie apart on some data. */
export interface Comparison {
  /** float32 values with the same name and shape in both, in the order of the first graph. */
  readonly values: readonly ValueDifference[];
  /** The graphs' outputs, matched by name, else by position. */
  readonly outputs: readonly ValueDifference[];
  readonly samples: number;
}

/** Options of `compareGraphs`. */
export interface CompareOptions {
  /** At most this many samples. Default 64. */
  readonly samples?: number | undefined;
  /** Compare these values only, besides the outputs; default: all. */
  readonly values?: ReadonlySet<string> | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs two graphs on the same batches and compares their values layer by layer. The first graph's
 * values of one batch are held in memory: keep batches small.
 * @throws QuantizeError for batches that do not fit; GraphError when a graph fails.
 */
export async function compareGraphs(
  a: Graph,
  b: Graph,
  batches: Batches,
  options: CompareOptions = {},
): Promise<Comparison> {
  const [first, second] = [createExecutor(a), createExecutor(b)];
  const outputPairs = matchOutputs(a, b);
  const inB = new Set(b.nodes.flatMap((node) => node.outputs));
  const makers = new Map(a.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const wanted = [...makers.keys()].filter(
    (name) => inB.has(name) && (options.values?.has(name) ?? true),
  );
  const sums = new Map<string, NoiseSums>();
  const outputSums = outputPairs.map(noNoise);
  let samples = 0;
  try {
    const taken = takeBatches(batches, a, options.samples ?? 64, options.signal);
    for await (const { batch, count } of taken) {
      const held = new Map<string, Tensor>();
      const left = new Set(wanted);
      const outputsA = first.run(batch, {
        signal: options.signal,
        onValue: (name, value) => {
          if (left.has(name) && value.dtype === 'float32') held.set(name, toHeap(value));
        },
      });
      const outputsB = second.run(renameInputs(batch, a, b), {
        signal: options.signal,
        onValue: (name, value) => {
          const reference = held.get(name);
          if (!reference || !sameShape(reference.shape, value.shape)) return;
          if (value.dtype !== 'float32') return;
          const sum = sums.get(name) ?? noNoise();
          sums.set(name, sum);
          addNoise(sum, reference.data as Float32Array, value.data as Float32Array);
          held.delete(name);
        },
      });
      outputPairs.forEach(([nameA, nameB], i) => {
        const [x, y] = [outputsA[nameA], outputsB[nameB]];
        if (!x || !y || !sameShape(x.shape, y.shape)) return;
        addNoise(
          outputSums[i] as NoiseSums,
          Array.from(x.data, Number),
          Array.from(y.data, Number),
        );
      });
      for (const value of Object.values({ ...outputsA })) value.storage.dispose();
      for (const value of Object.values({ ...outputsB })) value.storage.dispose();
      samples += count;
      options.onProgress?.(samples);
    }
  } finally {
    first.dispose();
    second.dispose();
  }
  const difference = (value: string, sum: NoiseSums): ValueDifference => ({
    value,
    layer: makers.get(value)?.name ?? '',
    op: makers.get(value)?.op ?? '',
    sqnr: sqnrOf(sum),
    meanSquaredError: sum.count === 0 ? 0 : sum.noise / sum.count,
    largestError: sum.largest,
  });
  return {
    values: wanted.flatMap((name) => {
      const sum = sums.get(name);
      return sum ? [difference(name, sum)] : [];
    }),
    outputs: outputPairs.map(([name], i) => difference(name, outputSums[i] as NoiseSums)),
    samples,
  };
}

function matchOutputs(a: Graph, b: Graph): (readonly [string, string])[] {
  const names = new Set(b.outputs.map(({ name }) => name));
  return a.outputs.flatMap(({ name }, i) => {
    const other = names.has(name) ? name : b.outputs[i]?.name;
    return other === undefined ? [] : [[name, other] as const];
  });
}

function renameInputs(
  batch: Readonly<Record<string, Tensor>>,
  a: Graph,
  b: Graph,
): Record<string, Tensor> {
  const names = new Map(a.inputs.map(({ name }, i) => [name, b.inputs[i]?.name ?? name]));
  return Object.fromEntries(
    Object.entries(batch).map(([name, value]) => [names.get(name) ?? name, value]),
  );
}
