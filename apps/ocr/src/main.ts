// npm start -- quantizes a text recogniser on this machine and shows what is lost and what is won.
import { mkdir, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderReport } from '@subbyte/report';
import {
  type Batch,
  bytesText,
  durationText,
  type EngineName,
  engineNames,
  engines,
  evaluate,
  modelInput,
  ocrAssets,
  openModel,
  openSource,
  processTerminal,
  proofText,
  type QuantizeOutcome,
  quantizeFile,
  reportData,
  table,
  writeAtomically,
} from 'subbyte';
import { latency } from './latency.ts';
import { read, samplesOf } from './readings.ts';
import { type Variant, variantsOf } from './variants.ts';

const calibrationLines = 64;
const testLines = 200;
/** Lines whose pictures and readings go into the report. */
const shownLines = 12;

/** What was measured of one model. */
interface Measured {
  readonly name: string;
  readonly characters: number;
  readonly bytes: number;
  readonly milliseconds: Readonly<Record<EngineName, number>>;
  readonly readings: readonly string[];
}

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

say(`drawing ${calibrationLines} lines of text to calibrate with, ${testLines} others to read`);
const lines = (split: 'train' | 'test', samples: number) =>
  openSource('ocr', { samples, seed: 1, split, inputShape: input.shape });
const calibration = await lines('train', calibrationLines);
const test = await lines('test', testLines);
const shown: Batch[] = [];
for await (const batch of test.batches()) if (shown.length < shownLines) shown.push(batch);

async function measure(name: string, path: string): Promise<Measured> {
  say(`${name}: reading ${testLines} lines`);
  const file = await openModel(path);
  const session = await engines.subbyte.load(file);
  const { score } = await evaluate(session, test, {
    onProgress: (done, total) => terminal.progress('reading', done, total),
  });
  const readings = await read(session, shown);
  await session.dispose();
  say(`${name}: timing one line in each engine`);
  const times: [EngineName, number][] = [];
  const inputs = { [input.name]: (shown[0] as Batch).input };
  for (const engine of engineNames) times.push([engine, await latency(engine, file, inputs)]);
  return {
    name,
    characters: score.characters ?? Number.NaN,
    bytes: (await stat(path)).size,
    milliseconds: Object.fromEntries(times) as Measured['milliseconds'],
    readings,
  };
}

const float = await measure('fp32', model.path);
const results: { variant: Variant; outcome: QuantizeOutcome; measured: Measured }[] = [];
for (const variant of variantsOf(model)) {
  const { name, what, file, form, config } = variant;
  say(`${name}: quantizing (${what})`);
  const path = `${out}${file}.onnx`;
  const outcome = await quantizeFile({
    model,
    out: path,
    form,
    config,
    calibration,
    proving: calibration,
    onProgress: terminal.progress,
  });
  if (outcome.proof) terminal.print(`\n${proofText(outcome.proof)}\n`);
  results.push({ variant, outcome, measured: await measure(name, path) });
}

const all = [float, ...results.map(({ measured }) => measured)];
terminal.print(
  `\n${table(
    [
      { title: 'recogniser' },
      { title: 'characters read', align: 'right' },
      { title: 'file', align: 'right' },
      ...engineNames.map((engine) => ({ title: engine, align: 'right' as const })),
    ],
    all.map(({ name, characters, bytes, milliseconds }) => [
      name,
      `${characters.toFixed(2)} %`,
      bytesText(bytes),
      ...engineNames.map((engine) => durationText(milliseconds[engine])),
    ]),
  )}\n\nTimes are for one line of ${shown[0]?.input.shape.at(-1)} x 48 pixels on one thread of this machine.\n`,
);

const readings = new Map(all.map((measured) => [measured.name, measured.readings]));
for (const { variant, outcome, measured } of results) {
  const data = reportData('PP-OCRv4 text recogniser', outcome);
  const path = `${out}${variant.file}.html`;
  const timed = data.proof?.engines.map((proof) => ({
    ...proof,
    milliseconds: measured.milliseconds[proof.engine as EngineName],
    millisecondsBefore: float.milliseconds[proof.engine as EngineName],
  }));
  const html = renderReport({
    ...data,
    ...(data.proof && timed ? { proof: { ...data.proof, engines: timed } } : {}),
    scores: [
      {
        name: 'characters',
        before: float.characters,
        after: measured.characters,
        samples: testLines,
      },
    ],
    samples: samplesOf(shown, readings),
  });
  await writeAtomically(path, html);
  say(
    `${variant.name}: model and report are ${relative(process.cwd(), `${out}${variant.file}`)}.{onnx,html}`,
  );
}
