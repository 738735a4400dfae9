import { type EngineName, engines, type ModelFile, type Values } from 'subbyte';

const warmUp = 2;
const runs = 9;

/** Median time of a run in an engine, one thread, milliseconds. */
export async function latency(
  engine: EngineName,
  model: ModelFile,
  inputs: Values,
): Promise<number> {
  const session = await engines[engine].load(model);
  const times: number[] = [];
  for (let i = 0; i < warmUp + runs; i++) {
    const start = performance.now();
    await session.run(inputs);
    if (i >= warmUp) times.push(performance.now() - start);
  }
  await session.dispose();
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
}
