import { createExecutor, type Graph } from '@subbyte/graph';
import type { Values } from '../engines/engine.ts';
import { type EngineName, engines } from '../engines/index.ts';
import { runToHeap } from '../engines/run-executor.ts';
import { useWasm } from '../io/backend.ts';
import { openModel } from '../io/model-file.ts';
import { countOperations, type OperationCounts } from './count-operations.ts';
import { type Difference, difference } from './difference.ts';

/** What one engine makes of an exported model; how far its outputs are from the quantized graph's. */
export interface EngineProof extends Partial<Difference> {
  readonly engine: EngineName;
  readonly runs: boolean;
  /** Why it does not run. */
  readonly reason?: string;
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
    return inputs.map((values) => runToHeap(executor, values));
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
    try {
      const outputs: Values[] = [];
      const times: number[] = [];
      for (const values of inputs) {
        const start = performance.now();
        outputs.push(await session.run(values));
        times.push(performance.now() - start);
      }
      const milliseconds = median(times);
      return { engine, runs: true, ...difference(expected, outputs), milliseconds };
    } finally {
      await session.dispose();
    }
  } catch (error) {
    return { engine, runs: false, reason: (error as Error).message };
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
