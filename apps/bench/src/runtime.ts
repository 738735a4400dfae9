// npm run bench:runtime [-- --json] -- quantized models in our runtime against onnxruntime-web, interleaved.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Graph } from '@subbyte/graph';
import { type Backend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { engines, table } from 'subbyte';
import { modelOf, resnet20 } from './models.ts';
import { resnet18 } from './resnet18.ts';
import { type Contestant, type Lap, race } from './training/race.ts';

const asJson = process.argv.includes('--json');
const seconds = Number(process.argv.find((word) => word.startsWith('--seconds='))?.slice(10) ?? 8);
const stream = random(1);

/** A network, what it is fed, and a picture or more to find ranges with. */
interface Work {
  readonly key: string;
  readonly graph: Graph;
  readonly input: Tensor;
  readonly calibration: Tensor;
}

const input = (shape: readonly number[]): Tensor => randomNormal(shape, stream);
const works: readonly Work[] = [
  {
    key: 'resnet20',
    graph: fromOnnx(resnet20().bytes),
    input: input([16, 3, 32, 32]),
    calibration: input([16, 3, 32, 32]),
  },
  {
    key: 'resnet18',
    graph: resnet18(),
    input: input([1, 3, 224, 224]),
    calibration: input([1, 3, 224, 224]),
  },
];

const quantized = async ({ graph, calibration }: Work, bits: 4 | 8): Promise<Graph> => {
  // What the ranges are makes no difference to the time, how they are searched for does.
  const { graph: result } = await quantize(graph, {
    weights: { bits },
    activations: { bits: 8, observer: 'minMax' },
    calibration: [calibration],
    biasCorrection: false,
  });
  return result;
};

/** All who run one network, warmed up by `race`. */
async function contestants(work: Work): Promise<readonly Contestant[]> {
  const inputs = { [work.graph.inputs[0]?.name as string]: work.input };
  const [w8, w4] = [await quantized(work, 8), await quantized(work, 4)];
  const ours = async (name: string, graph: Graph, backend: Backend = one): Promise<Contestant> => {
    setBackend(backend);
    const session = await compile(graph);
    // The first run plans the memory.
    await session.run(inputs);
    const run = (): Promise<unknown> => {
      setBackend(backend);
      return session.run(inputs);
    };
    return { name, run, seconds };
  };
  const theirs = async (name: string, graph: Graph, form: 'float' | 'qdq'): Promise<Contestant> => {
    const session = await engines['ort-web'].load(modelOf(name, toOnnx(graph, { form })));
    return { name, run: () => session.run(inputs), seconds };
  };
  return [
    await theirs('ortWebFp32', work.graph, 'float'),
    await theirs('ortWebInt8', w8, 'qdq'),
    await ours('fp32', work.graph),
    await ours('w8a8', w8),
    await ours('w4a8', w4),
    ...(two.threads > 1 ? [await ours('w4a8TwoThreads', w4, two)] : []),
  ];
}

const [one, two] = [await wasm(), await wasm({ threads: 2 })];
setBackend(one);
const results: { readonly key: string; readonly laps: readonly Lap[] }[] = [];
for (const work of works) {
  const entries = await contestants(work);
  const start = performance.now();
  results.push({ key: work.key, laps: await race(entries) });
  console.error(`${work.key}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const ratios: Record<string, number> = {};
const lines: (readonly string[])[] = [];
for (const { key, laps } of results) {
  const find = (name: string): Lap => laps.find((lap) => lap.name === name) as Lap;
  const [fp32, int8] = [find('ortWebFp32'), find('ortWebInt8')];
  for (const lap of laps) {
    if (lap !== fp32) ratios[`${key}.${lap.name}.vsOrtWebFp32`] = lap.median / fp32.median;
    if (lap !== fp32 && lap !== int8) {
      ratios[`${key}.${lap.name}.vsOrtWebInt8`] = lap.median / int8.median;
    }
    const ratio = (other: Lap): string => (lap.median / other.median).toFixed(3);
    const least = (lap.least / fp32.least).toFixed(3);
    lines.push([
      ...[key, lap.name, lap.median.toFixed(2), lap.least.toFixed(2)],
      ...[ratio(fp32), ratio(int8), least, String(lap.rounds)],
    ]);
  }
}

for (const { key, laps } of results) {
  const median = (name: string): number | undefined =>
    laps.find((lap) => lap.name === name)?.median;
  const [alone, shared] = [median('w4a8'), median('w4a8TwoThreads')];
  if (alone && shared) ratios[`${key}.w4a8.twoThreads`] = alone / shared;
}

const output = JSON.stringify({ ...ratios, results }, undefined, asJson ? 0 : 2);
const folder = fileURLToPath(new URL('../../../out/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}bench-runtime.json`, `${output}\n`);
if (asJson) console.log(output);
else {
  console.log(
    `One thread unless said, milliseconds; ratios of medians, below 1 is faster; Node ${process.version}\n`,
  );
  const titles = [
    'median',
    'least',
    '/ ort-web fp32',
    '/ ort-web int8',
    'least / least fp32',
    'rounds',
  ];
  const columns = [
    { title: 'network' },
    { title: 'engine' },
    ...titles.map((title) => ({ title, align: 'right' as const })),
  ];
  console.log(table(columns, lines));
}
process.exit(0);
