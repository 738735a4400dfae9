// onnxruntime in Node and in WASM, for the tests of the export.

import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@subbyte/tensor';
import * as node from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';
import { opCounts } from '../src/index.ts';

web.env.wasm.numThreads = 1;

/** One of the two engines. */
export type Engine = 'node' | 'web';

/** Results by name, as float32. */
export type Results = Record<
  string,
  { readonly dims: readonly number[]; readonly data: Float32Array }
>;

/** Runs an ONNX file. */
export async function runOnnx(
  engine: Engine,
  model: Uint8Array,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Results> {
  const ort = engine === 'node' ? node : (web as unknown as typeof node);
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => [
      name,
      new ort.Tensor('float32', (data as Float32Array).slice(), [...shape]),
    ]),
  );
  const results = await session.run(inputs);
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { dims, data }]) => [
      name,
      { dims, data: data as Float32Array },
    ]),
  );
}

let saved = 0;

/** Operators of the model as onnxruntime-node runs it, without the domain. */
export async function optimizedOps(model: Uint8Array): Promise<Record<string, number>> {
  saved += 1;
  const file = join(tmpdir(), `subbyte-optimized-${process.pid}-${saved}.onnx`);
  const session = await node.InferenceSession.create(model, {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath: file,
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  await session.release();
  const counts = opCounts(new Uint8Array(readFileSync(file)));
  rmSync(file);
  return Object.fromEntries([...counts].map(([name, count]) => [name.split('.').at(-1), count]));
}
