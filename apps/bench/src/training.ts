// npm run bench:train [-- --json] -- gradients and training steps against other engines, interleaved.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toOnnx } from '@subbyte/onnx';
import { tensor } from '@subbyte/tensor';
import { engines, table } from 'subbyte';
import { medianRatio } from 'subbyte/bench';
import { modelOf } from './models.ts';
import { convolutions, elements, operationsOf } from './training/convolutions.ts';
import { jaxConvolution, startJax } from './training/jax.ts';
import { jaxResnet } from './training/jax-resnet.ts';
import { ours } from './training/ours.ts';
import { type Contestant, type Lap, race } from './training/race.ts';
import { tfjsConvolution } from './training/tfjs.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const asJson = values.json;
const gemmSize = 512;
const batch = 64;
/** Seconds that a rival's ResNet-20 step may take once it is compiled. */
const secondStepLimit = 120;
const laps: { readonly key: string; readonly operations: number; readonly laps: readonly Lap[] }[] =
  [];

/** Our contestants run for `seconds` each; slow rivals for one round or little more. */
async function measure(
  key: string,
  what: string,
  operations: number,
  contestants: readonly Contestant[],
): Promise<void> {
  const start = performance.now();
  laps.push({ key, operations, laps: await race(contestants) });
  console.error(`${key} (${what}): ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** The product of two square matrices as an ONNX model. */
async function ortMatmul(): Promise<() => Promise<unknown>> {
  const shape = [gemmSize, gemmSize];
  const bytes = toOnnx(
    {
      name: 'matmul',
      inputs: ['a', 'b'].map((name) => ({ name, dtype: 'float32', shape })),
      outputs: [{ name: 'y', dtype: 'float32', shape }],
      nodes: [
        {
          op: 'matmul',
          name: 'product',
          inputs: ['a', 'b'],
          outputs: ['y'],
          attributes: { transposeA: false, transposeB: false },
        },
      ],
      constants: new Map(),
      metadata: {},
    },
    { form: 'float' },
  );
  const session = await engines['ort-web'].load(modelOf('matmul', bytes));
  const operand = tensor(elements(gemmSize ** 2), shape);
  return () => session.run({ a: operand, b: operand });
}

const one = await ours(1);
const portable = await ours(1, false);
const two = await ours(2);

const product = await ortMatmul();
await measure('gemm', `${gemmSize}²`, 2 * gemmSize ** 3, [
  { name: one.name, run: one.matmul(gemmSize), seconds: 2 },
  { name: two.name, run: two.matmul(gemmSize), seconds: 2 },
  { name: portable.name, run: portable.matmul(gemmSize), seconds: 2 },
  { name: 'onnxruntime-web', run: product, seconds: 2 },
]);

// onnxruntime-web leaves a global Worker in Node, which jax-js would take for a browser's.
Reflect.deleteProperty(globalThis, 'Worker');
await startJax();

for (const convolution of convolutions) {
  const { key, what } = convolution;
  const operations = operationsOf(convolution);
  const runs = [
    { name: one.name, work: one.convolution(convolution), seconds: 1 },
    { name: two.name, work: two.convolution(convolution), seconds: 1 },
    { name: 'jax-js wasm', work: jaxConvolution(convolution), seconds: 0.2 },
    { name: 'tfjs-cpu', work: tfjsConvolution(convolution), seconds: 0.2 },
  ];
  for (const [pass, factor] of [
    ['forward', 1],
    ['both', 3],
  ] as const) {
    const contestants = runs.map(({ work, ...rest }) => ({ ...rest, run: work[pass] }));
    const title = pass === 'both' ? 'forwardBackward' : pass;
    await measure(`${key}.${title}`, what, factor * operations, contestants);
  }
}

/** Three passes of the convolutions and the linear layer, 41.2 million multiply-adds an image. */
const stepOperations = 3 * 2 * 41.2e6 * batch;
const rival = jaxResnet(batch);
await measure('resnet20', `training step, batch ${batch}`, stepOperations, [
  { name: one.name, run: one.resnetStep(batch), seconds: 12 },
  { name: two.name, run: two.resnetStep(batch), seconds: 7 },
  {
    name: 'jax-js wasm',
    run: rival.run,
    seconds: 0.2,
    limit: secondStepLimit,
    stop: rival.stop,
  },
]);
await rival.stop();
two.close();

const lapOf = (key: string, name: string): Lap | undefined =>
  laps.find((entry) => entry.key === key)?.laps.find((lap) => lap.name === name);
/** How many times faster `name` is than `other`, by `ratioOf`; `null` when one of them was not measured. */
const speedup = (
  key: string,
  name: string,
  other: string,
  ratioOf: (a: Lap, b: Lap) => number = medianRatio,
): number | null => {
  const [own, rival] = [lapOf(key, name), lapOf(key, other)];
  const ratio = own && rival ? ratioOf(rival, own) : Number.NaN;
  return Number.isFinite(ratio) ? ratio : null;
};
const rate = (operations: number, { median }: Lap): number => operations / median / 1e6;
const ourRate = (key: string): number => {
  const lap = lapOf(key, one.name);
  const operations = laps.find((entry) => entry.key === key)?.operations;
  return lap && operations ? rate(operations, lap) : Number.NaN;
};

const summary: Record<string, number | null> = {
  'gemm.vsOrtWeb': speedup('gemm', one.name, 'onnxruntime-web'),
  'gemm.portable.vsOrtWeb': speedup('gemm', portable.name, 'onnxruntime-web'),
  'gemm.gigaflops': ourRate('gemm'),
  'conv64.fractionOfGemm': ourRate('conv64.forwardBackward') / ourRate('gemm'),
};
for (const { key, laps: entries } of laps) {
  const names = entries.map(({ name }) => name);
  if (two.threads > 1) summary[`${key}.twoThreads`] = speedup(key, two.name, one.name);
  if (names.includes('jax-js wasm'))
    summary[`${key}.vsJaxJs`] = speedup(key, one.name, 'jax-js wasm');
  if (key === 'resnet20') {
    summary[`${key}.firstCall.vsJaxJs`] = speedup(
      key,
      one.name,
      'jax-js wasm',
      (a, b) => a.first / b.first,
    );
  }
  if (names.includes('tfjs-cpu')) summary[`${key}.vsTfjsCpu`] = speedup(key, one.name, 'tfjs-cpu');
}

const output = JSON.stringify({ ...summary, laps }, undefined, asJson ? 0 : 2);
const folder = fileURLToPath(new URL('../../../out/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}bench-train.json`, `${output}\n`);

if (asJson) {
  console.log(output);
} else {
  console.log(
    `float32, milliseconds; Node ${process.version}; tfjs-cpu runs no ResNet (too slow)\n`,
  );
  const columns = [
    { title: 'benchmark' },
    { title: 'engine' },
    ...['first call', 'median', 'least', 'GFLOP/s', 'rounds'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  console.log(
    table(
      columns,
      laps.flatMap(({ key, operations, laps: entries }) =>
        entries.map((lap) => [
          key,
          lap.name,
          ...(lap.failure === undefined
            ? [
                lap.first.toFixed(2),
                lap.median.toFixed(2),
                lap.least.toFixed(2),
                rate(operations, lap).toFixed(2),
              ]
            : [`cannot: ${lap.failure}`, '', '', '']),
          lap.atLeast
            ? `at least: no second call within ${secondStepLimit} s`
            : String(lap.times.length),
        ]),
      ),
    ),
  );
  console.log('');
  for (const [key, value] of Object.entries(summary)) {
    console.log(`${key}  ${value === null ? 'not measured' : value.toFixed(2)}`);
  }
}
process.exit(0);
