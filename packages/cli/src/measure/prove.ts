import { createExecutor, type Graph } from '@subbyte/graph';
import { scope, toHeap } from '@subbyte/tensor';
import type { Values } from '../engines/engine.ts';
import { type EngineName, engines } from '../engines/index.ts';
import { isTyped } from '../errors.ts';
import { useWasm } from '../io/backend.ts';
import { openModel } from '../io/model-file.ts';
import { countOperations, type OperationCounts } from './count-operations.ts';
import { difference, sharedFloats } from './difference.ts';

/** What one engine makes of an exported model. */
export interface EngineProof {
  readonly engine: EngineName;
  readonly runs: boolean;
  /** Why it does not run. */
  readonly reason?: string;
  /** Agreement of its outputs with the quantized graph, dB. */
  readonly sqnr?: number;
  /** Largest difference of an output value, and the largest value. */
  readonly largestDifference?: number;
  readonly range?: number;
  /** Median time of a run, milliseconds. */
  readonly milliseconds?: number;
}

/** Where an exported model runs, how close it is, and what onnxruntime fuses in it. */
export interface Proof {
  readonly samples: number;
  readonly engines: readonly EngineProof[];
  readonly operations?: OperationCounts;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function expectedOutputs(graph: Graph, inputs: readonly Values[]): Promise<Values[]> {
  await useWasm();
  const executor = createExecutor(graph);
  try {
    return inputs.map((values) =>
      scope(() =>
        Object.fromEntries(
          Object.entries(executor.run(values)).map(([name, value]) => [name, toHeap(value)]),
        ),
      ),
    );
  } finally {
    executor.dispose();
  }
}

async function proveEngine(
  engine: EngineName,
  path: string,
  inputs: readonly Values[],
  expected: readonly Values[],
): Promise<EngineProof> {
  try {
    const session = await engines[engine].load(await openModel(path));
    const total = difference();
    const times: number[] = [];
    for (const [i, values] of inputs.entries()) {
      const start = performance.now();
      const outputs = await session.run(values);
      times.push(performance.now() - start);
      const reference = expected[i] ?? {};
      for (const name of sharedFloats(reference, outputs)) {
        const [a, b] = [reference[name], outputs[name]];
        if (a && b) total.add(a, b, name);
      }
    }
    await session.dispose();
    return {
      engine,
      runs: true,
      sqnr: total.sqnr(),
      largestDifference: total.largest(),
      range: total.range(),
      milliseconds: median(times),
    };
  } catch (error) {
    if (!isTyped(error) && !(error instanceof Error)) throw error;
    return { engine, runs: false, reason: error.message };
  }
}

/**
 * Reopens the exported model at `path`, runs it in onnxruntime-node, onnxruntime-web and our own
 * executor, and compares with the quantized `graph` it was exported from.
 */
export async function prove(path: string, graph: Graph, inputs: readonly Values[]): Promise<Proof> {
  const expected = await expectedOutputs(graph, inputs);
  const proofs: EngineProof[] = [];
  for (const engine of ['ort-node', 'ort-web', 'subbyte'] as const) {
    proofs.push(await proveEngine(engine, path, inputs, expected));
  }
  const operations = proofs[0]?.runs ? { operations: await countOperations(path) } : {};
  return { samples: inputs.length, engines: proofs, ...operations };
}
