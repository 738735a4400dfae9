// npm run bench:runtime [-- --json --seconds 30 --network resnet18] -- quantized models in our runtime against onnxruntime-web, interleaved.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Graph } from '@subbyte/graph';
import { type Backend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { engines, table } from 'subbyte';
import { inTurn, medianRatio, type Rounds, type Runner } from 'subbyte/bench';
import { fewerLevels } from './fewer-levels.ts';
import { matvecRatios, matvecRunners } from './matvec.ts';
import { mobileNetV2Graph } from './mobilenet-v2.ts';
import { modelOf, resnet20 } from './models.ts';
import { resnet18 } from './resnet18.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** Seconds that each network is measured for. */
    seconds: { type: 'string', default: '30' },
    /** One network instead of all. */
    network: { type: 'string' },
  },
});
const [asJson, seconds] = [values.json, Number(values.seconds)];
const stream = random(1);
/**
 * Milliseconds that a turn takes at least. Users run one engine; in turns of one run each finds its caches full of the
 * others' data and its threads asleep.
 */
const turn = 200;

/** A network, what it is fed, and a picture or more to find ranges with. */
interface Work {
  readonly key: string;
  readonly graph: Graph;
  readonly input: Tensor;
  readonly calibration: Tensor;
}

const input = (shape: readonly number[]): Tensor => randomNormal(shape, stream);
const all: readonly Work[] = [
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
  {
    key: 'mobilenetV2',
    graph: mobileNetV2Graph(),
    input: input([1, 3, 224, 224]),
    calibration: input([1, 3, 224, 224]),
  },
];

const works = all.filter(({ key }) => (values.network ?? key) === key);

const quantized = async (
  { graph, calibration }: Work,
  bits: 2 | 4 | 8,
  activations: 2 | 8 = 8,
): Promise<Graph> => {
  // What the ranges are makes no difference to the time, how they are searched for does.
  const { graph: result } = await quantize(graph, {
    weights: { bits },
    activations: { bits: activations, observer: 'minMax' },
    calibration: [calibration],
    biasCorrection: false,
  });
  return result;
};

/** All who run one network. */
async function runnersOf(work: Work): Promise<readonly Runner[]> {
  const inputs = { [work.graph.inputs[0]?.name as string]: work.input };
  const [w8, w4] = [await quantized(work, 8), await quantized(work, 4)];
  const w2a2 = await quantized(work, 2, 2);
  const ours = async (name: string, graph: Graph, backend: Backend = one): Promise<Runner> => {
    setBackend(backend);
    const session = await compile(graph, { clock: () => performance.now() });
    // The first run plans the memory.
    await session.run(inputs);
    const run = (): Promise<unknown> => {
      setBackend(backend);
      return session.run(inputs);
    };
    return { name, run };
  };
  const theirs = async (name: string, graph: Graph, form: 'float' | 'qdq'): Promise<Runner> => {
    const session = await engines['ort-web'].load(modelOf(name, toOnnx(graph, { form })));
    return { name, run: () => session.run(inputs) };
  };
  return [
    await theirs('ortWebFp32', work.graph, 'float'),
    await theirs('ortWebInt8', w8, 'qdq'),
    await ours('fp32', work.graph),
    await ours('w8a8', w8),
    await ours('w4a8', w4),
    await ours('w2a2', w2a2),
    await ours('ternary', fewerLevels(w2a2, 'ternary')),
    await ours('w1a1', fewerLevels(w2a2, 'binary')),
    ...(two.threads > 1 ? [await ours('w4a8TwoThreads', w4, two)] : []),
  ];
}

const [one, two] = [await wasm(), await wasm({ threads: 2 })];
setBackend(one);
const results: { readonly key: string; readonly rounds: readonly Rounds[] }[] = [];
for (const work of works) {
  const runners = await runnersOf(work);
  const start = performance.now();
  results.push({ key: work.key, rounds: await inTurn(runners, { seconds, turn }) });
  console.error(`${work.key}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
const vectors = await inTurn(await matvecRunners(one), { seconds, turn });

const ratios: Record<string, number> = {};
const lines: (readonly string[])[] = [];
for (const { key, rounds } of results) {
  const find = (name: string): Rounds => rounds.find((one) => one.name === name) as Rounds;
  const [fp32, int8] = [find('ortWebFp32'), find('ortWebInt8')];
  for (const one of rounds) {
    const [first, second] = [medianRatio(one, fp32), medianRatio(one, int8)];
    if (one !== fp32) ratios[`${key}.${one.name}.vsOrtWebFp32`] = first;
    if (one !== fp32 && one !== int8) ratios[`${key}.${one.name}.vsOrtWebInt8`] = second;
    lines.push([
      ...[key, one.name, one.median.toFixed(2), one.least.toFixed(2)],
      ...[first, second, one.least / fp32.least].map((ratio) => ratio.toFixed(3)),
      String(one.times.length),
    ]);
  }
  const shared = rounds.find(({ name }) => name === 'w4a8TwoThreads');
  if (shared) ratios[`${key}.w4a8.twoThreads`] = medianRatio(find('w4a8'), shared);
}

for (const one of vectors) {
  const own = matvecRatios(one, vectors);
  Object.assign(ratios, own.ratios);
  lines.push(['matvec x 20', ...own.line]);
}

const output = JSON.stringify(
  { ...ratios, results: [...results, { key: 'matvec', rounds: vectors }] },
  undefined,
  asJson ? 0 : 2,
);
const folder = fileURLToPath(new URL('../../../out/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}bench-runtime.json`, `${output}\n`);
if (asJson) console.log(output);
else {
  console.log(
    `One thread unless said, milliseconds; medians over rounds of ratios, below 1 is faster; Node ${process.version}\n`,
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
