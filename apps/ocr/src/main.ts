// npm start -- quantizes a text recogniser on this machine and shows what is lost and what is won.
import { mkdir, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  bytesText,
  durationText,
  engineNames,
  engines,
  evaluate,
  modelInput,
  ocrAssets,
  openModel,
  openSource,
  processTerminal,
  proofText,
  type QuantizeFileOptions,
  quantizeFile,
  table,
} from 'subbyte';
import { latency } from './latency.ts';

const calibrationLines = 64;
const testLines = 200;

/** The quantized models that the demonstration makes. */
const variants: readonly {
  readonly name: string;
  readonly file: string;
  readonly form: QuantizeFileOptions['form'];
  readonly config: QuantizeFileOptions['config'];
}[] = [
  {
    name: 'W8A8, int8',
    file: 'recognizer.w8a8.onnx',
    form: 'qdq',
    config: { weights: { bits: 8 }, activations: { bits: 8 } },
  },
  {
    name: 'W4A8, packed',
    file: 'recognizer.w4a8.onnx',
    form: 'packed',
    config: { weights: { bits: 4 }, activations: { bits: 8 } },
  },
];

const started = performance.now();
const terminal = processTerminal();
const say = (text: string): void => {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(3);
  terminal.print(`[${seconds} s] ${text}`);
};

const out = fileURLToPath(new URL('../../../out/', import.meta.url));
await mkdir(out, { recursive: true });
const model = await openModel((await ocrAssets()).recognizer);
const input = modelInput(model);

say(`drawing ${calibrationLines} lines to calibrate with and ${testLines} others to read`);
const lines = (split: 'train' | 'test', samples: number) =>
  openSource('ocr', { samples, seed: 1, split, inputShape: input.shape });
const calibration = await lines('train', calibrationLines);
const test = await lines('test', testLines);

const models = [{ name: 'fp32', path: model.path }];
const reports: string[] = [];
for (const { name, file, form, config } of variants) {
  say(`quantizing to ${name}`);
  const path = `${out}${file}`;
  const outcome = await quantizeFile({
    model,
    out: path,
    form,
    config,
    calibration,
    proving: calibration,
    onProgress: terminal.progress,
  });
  say(`wrote out/${file} in ${outcome.seconds.toFixed(1)} s; ${outcome.report.totals.quantizedLayers} layers quantized`);
  if (outcome.proof) terminal.print(`\n${proofText(outcome.proof)}\n`);
  models.push({ name, path });
}

const [firstLine] = test.batches() as Iterable<{ input: never }>;
const rows: string[][] = [];
for (const { name, path } of models) {
  const file = await openModel(path);
  say(`${name}: reading ${testLines} lines`);
  const session = await engines.subbyte.load(file);
  const { score } = await evaluate(session, test, {
    onProgress: (done, total) => terminal.progress('reading', done, total),
  });
  await session.dispose();
  say(`${name}: timing one line in ${engineNames.length} engines`);
  const times: string[] = [];
  for (const engine of engineNames) {
    times.push(durationText(await latency(engine, file, { [input.name]: firstLine?.input as never })));
  }
  const { size } = await stat(path);
  rows.push([name, `${score.characters?.toFixed(2)} %`, bytesText(size), ...times]);
}
terminal.print(
  `\n${table(
    [
      { title: 'recogniser' },
      { title: 'characters read', align: 'right' },
      { title: 'file', align: 'right' },
      ...engineNames.map((engine) => ({ title: engine, align: 'right' as const })),
    ],
    rows,
  )}\n`,
);
terminal.print(`One thread; time for one line of ${input.shape.length} ...`);
for (const path of reports) terminal.print(`report: ${relative(process.cwd(), path)}`);
