// npm run bench [-- --json] -- inference against onnxruntime-web, one thread, interleaved.

import { parseArgs } from 'node:util';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { engines, type ModelFile, table } from 'subbyte';
import { inTurn, medianRatio, type Rounds, type Runner } from 'subbyte/bench';
import { modelOf, recognizer, resnet20 } from './models.ts';

/** Measures two contestants for ten seconds. */
async function between(first: Runner, second: Runner): Promise<readonly [Rounds, Rounds]> {
  const [a, b] = await inTurn([first, second], { seconds: 10 });
  return [a as Rounds, b as Rounds];
}

/** One comparison: `ratio` below 1 means that the first contestant is faster. */
interface Result {
  readonly key: string;
  readonly what: string;
  readonly first: Rounds;
  readonly second: Rounds;
  readonly ratio: number;
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const asJson = values.json;
const note = (text: string): void => {
  if (!asJson || process.stderr.isTTY) console.error(text);
};
const stream = random(1);
const resnet = resnet20();

/** Our executor against onnxruntime-web on one model and one input. */
async function againstOrtWeb(
  key: string,
  model: ModelFile,
  inputName: string,
  input: Tensor,
): Promise<Result> {
  note(`${key}: ${model.path} [${input.shape}]`);
  const ours = await engines.subbyte.load(model);
  const theirs = await engines['ort-web'].load(model);
  const inputs = { [inputName]: input };
  const [first, second] = await between(
    { name: 'subbyte', run: () => ours.run(inputs) },
    { name: 'onnxruntime-web', run: () => theirs.run(inputs) },
  );
  await ours.dispose();
  await theirs.dispose();
  const ratio = medianRatio(first, second);
  return { key: `${key}.vsOrtWeb`, what: 'subbyte / onnxruntime-web', first, second, ratio };
}

/** The exported int8 network against its float original, both in onnxruntime-web. */
async function int8Speedup(): Promise<Result> {
  const key = 'resnet20.int8.ortWeb.speedup';
  note(`${key}: batch 16`);
  const input = randomNormal([16, 3, 32, 32], stream);
  const { graph } = await quantize(fromOnnx(resnet.bytes), {
    weights: { bits: 8 },
    activations: { bits: 8 },
    calibration: [input],
  });
  const small = modelOf('ResNet-20 int8', toOnnx(graph, { form: 'qdq' }));
  const float = await engines['ort-web'].load(resnet);
  const int8 = await engines['ort-web'].load(small);
  const [first, second] = await between(
    { name: 'fp32', run: () => float.run({ input }) },
    { name: 'int8', run: () => int8.run({ input }) },
  );
  return {
    key,
    what: 'fp32 / int8, onnxruntime-web',
    first,
    second,
    ratio: medianRatio(first, second),
  };
}

const batchOf = (count: number): Tensor => randomNormal([count, 3, 32, 32], stream);
const results = [
  await againstOrtWeb('resnet20.batch1', resnet, 'input', batchOf(1)),
  await againstOrtWeb('resnet20.batch64', resnet, 'input', batchOf(64)),
  await againstOrtWeb(
    'ocrRecognizer',
    await recognizer(),
    'x',
    randomNormal([1, 3, 48, 320], stream),
  ),
  await int8Speedup(),
];

if (asJson) {
  const ratios = results.map(({ key, ratio }) => [key, ratio]);
  const times = results.map(({ key, first, second }) => [key, { first, second }]);
  console.log(JSON.stringify({ ...Object.fromEntries(ratios), times: Object.fromEntries(times) }));
} else {
  const milliseconds = ({ median, least }: Rounds): string =>
    `${median.toFixed(2)} (${least.toFixed(2)})`;
  console.log(`One thread, milliseconds as median (least); Node ${process.version}\n`);
  console.log(
    table(
      [
        { title: 'benchmark' },
        { title: 'what' },
        { title: 'first', align: 'right' },
        { title: 'second', align: 'right' },
        { title: 'ratio', align: 'right' },
        { title: 'rounds', align: 'right' },
      ],
      results.map(({ key, what, first, second, ratio }) => [
        key,
        what,
        milliseconds(first),
        milliseconds(second),
        ratio.toFixed(2),
        first.times.length,
      ]),
    ),
  );
}
