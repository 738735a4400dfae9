// npm run bench:brecq [-- --model FILE --data DIR --only W4A4,W2A2 --seeds N --jobs N --threads N --fresh --json]
//   --with '{"loss":"fisherFull"}' changes options of reconstruction
// Points of top-1 that reconstruction loses at seven widths, beside what the papers' code loses there.
// Every finished network is kept in results/brecq.json (brecq.md tells it to people): an interrupted benchmark goes on where it was, and
// keeps apart what was learned with other options.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { type ResolvedReconstruction, resolveReconstruction } from '@subbyte/reconstruct';
import { openModel, table, writeAtomically } from 'subbyte';
import { markdown } from './brecq/markdown.ts';
import { type RunResult, runOne } from './brecq/run-one.ts';
import { type Setting, settings } from './brecq/settings.ts';
import { type Summary, summarize } from './brecq/summarize.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values } = parseArgs({
  options: {
    model: { type: 'string', default: here('../../../../shared/models/resnet20-cifar10.onnx') },
    data: { type: 'string', default: here('../../../../shared/data/cifar10') },
    samples: { type: 'string', default: '1024' },
    iterations: { type: 'string', default: '1000' },
    with: { type: 'string', default: '{}' },
    only: { type: 'string' },
    seeds: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    results: { type: 'string', default: here('../results/brecq.json') },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    /** For this program's own children: one network, `W4A4:0`. */
    one: { type: 'string' },
  },
});

const settingOf = (name: string): Setting => {
  const found = settings.find((setting) => setting.name === name);
  if (found) return found;
  const known = settings.map((setting) => setting.name).join(', ');
  throw new Error(`unknown setting "${name}": expected ${known}`);
};

/** The defaults at this width, with what was asked for. */
const reconstructionOf = ({ weights }: Setting): ResolvedReconstruction => {
  const config = { method: 'qdrop', iterations: Number(values.iterations) } as const;
  return resolveReconstruction({ ...config, ...JSON.parse(values.with) }, weights);
};

async function child(): Promise<void> {
  const [name = '', seed = '0'] = (values.one as string).split(':');
  const setting = settingOf(name);
  const result = await runOne(await openModel(values.model), setting, Number(seed), {
    data: values.data,
    samples: Number(values.samples),
    threads: Number(values.threads),
    reconstruction: reconstructionOf(setting),
  });
  console.log(JSON.stringify(result));
  process.exit(0);
}

/** Runs this program again for one network. */
async function inChild(job: string): Promise<RunResult> {
  const passed = ['model', 'data', 'samples', 'iterations', 'with', 'threads'] as const;
  const options = passed.flatMap((name) => [`--${name}`, values[name]]);
  const started = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), '--one', job, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  started.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const code = await new Promise((resolve) => started.on('close', resolve));
  if (code !== 0) throw new Error(`${job} ended with code ${code}`);
  return JSON.parse(text.trim().split('\n').at(-1) as string) as RunResult;
}

const jobOf = ({ setting, seed }: RunResult): string => `${setting}:${seed}`;

async function parent(): Promise<void> {
  if (!existsSync(values.model) || !existsSync(values.data)) {
    console.error(`needs a model and CIFAR-10: --model ${values.model} --data ${values.data}`);
    process.exit(2);
  }
  const chosen = values.only ? values.only.split(',').map(settingOf) : settings;
  const before = existsSync(values.results)
    ? (JSON.parse(readFileSync(values.results, 'utf8')) as RunResult[])
    : [];
  const isSame = ({ setting, samples, reconstruction }: RunResult): boolean =>
    samples === Number(values.samples) &&
    isDeepStrictEqual(reconstruction, reconstructionOf(settingOf(setting)));
  const others = before.filter((result) => !isSame(result));
  const kept = values.fresh ? [] : before.filter(isSame);
  const results = new Map(kept.map((result) => [jobOf(result), result]));
  const seedsOf = (setting: Setting): number => Number(values.seeds ?? setting.seeds);
  // One network of every setting first: an interrupted benchmark has something to say about each.
  const jobs = Array.from({ length: Math.max(...chosen.map(seedsOf)) }, (_, seed) =>
    chosen
      .filter((setting) => seed < seedsOf(setting))
      .map((setting) => ({ job: `${setting.name}:${seed}` })),
  ).flat();
  const waiting = jobs.filter(({ job }) => !results.has(job));
  mkdirSync(here('../results'), { recursive: true });
  const save = async (): Promise<void> => {
    const all = [...results.values(), ...others];
    const sorted = all.sort((a, b) => jobOf(a).localeCompare(jobOf(b)));
    await writeAtomically(values.results, Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`));
    const page = markdown(summarize(sorted));
    await writeAtomically(values.results.replace(/(\.json)?$/, '.md'), Buffer.from(page));
  };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      console.error(`${next.job}: ${waiting.length} more waiting`);
      const result = await inChild(next.job);
      results.set(next.job, result);
      await save();
      console.error(
        `${next.job}: ${(result.float - result.top1).toFixed(2)} points lost in ${result.seconds.toFixed(0)} s`,
      );
    }
  };
  await save();
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  print(summarize([...results.values()]).filter(({ setting }) => chosen.includes(setting)));
}

function print(summaries: readonly Summary[]): void {
  const points = (value: number): string => value.toFixed(2);
  if (values.json) {
    const data = summaries.map(({ setting: { name, bar, others }, ...summary }) => [
      name.toLowerCase(),
      { ...summary, bar, others },
    ]);
    console.log(JSON.stringify(Object.fromEntries(data)));
    return;
  }
  const right = (title: string) => ({ title, align: 'right' as const });
  console.log(
    table(
      [
        ...[{ title: 'bits' }, right('lost'), { title: 'each' }, right('bar'), { title: '' }],
        ...[right('seconds'), right('nearest'), right('BRECQ, authors'), right('QDrop, re-made')],
      ],
      summaries.map(({ setting, lost, each, met, seconds }) => [
        setting.name,
        points(lost),
        each.map(points).join(' '),
        points(setting.bar),
        met ? 'met' : 'missed',
        seconds.toFixed(0),
        setting.others.nearest ?? '-',
        setting.others.brecq,
        setting.others.qdrop ?? '-',
      ]),
    ),
  );
}

await (values.one ? child() : parent());
