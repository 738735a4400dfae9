// node --conditions=@subbyte/source bench/integer.ts -- convolutions of ResNet-18 on codes against float32, interleaved.
import type { kernels, OptionsOf } from '@subbyte/kernels';
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { wasm } from '../src/index.ts';

const stream = random(1);
const layers = [
  { name: 'stem 7x7 /2 3-64 224', size: 224, channels: 3, outputs: 64, kernel: 7, stride: 2 },
  { name: '3x3 64-64 56', size: 56, channels: 64, outputs: 64, kernel: 3, stride: 1 },
  { name: '3x3 128-128 28', size: 28, channels: 128, outputs: 128, kernel: 3, stride: 1 },
  { name: '3x3 256-256 14', size: 14, channels: 256, outputs: 256, kernel: 3, stride: 1 },
  { name: '3x3 512-512 7', size: 7, channels: 512, outputs: 512, kernel: 3, stride: 1 },
  { name: '1x1 64-128 56 /2', size: 56, channels: 64, outputs: 128, kernel: 1, stride: 2 },
  {
    name: '3x3 16-16 32 x16',
    size: 32,
    channels: 16,
    outputs: 16,
    kernel: 3,
    stride: 1,
    batch: 16,
  },
  { name: '3x3 64-64 8 x16', size: 8, channels: 64, outputs: 64, kernel: 3, stride: 1, batch: 16 },
];
const dot = await wasm();
const words = await wasm({ relaxedDot: false });

const integers = (count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, () => low + stream.integer(high - low + 1));

for (const { name, size, channels, outputs, kernel, stride, batch = 1 } of layers) {
  const pad = (kernel - 1) / 2;
  const window = {
    strides: [stride, stride],
    dilations: [1, 1],
    padding: [pad, pad, pad, pad],
    groups: 1,
  } as const;
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const operations = 2 * batch * out * out * outputs * channels * kernel * kernel;
  const shape = [outputs, channels, kernel, kernel];
  const count = outputs * channels * kernel * kernel;
  const options: OptionsOf<'integerConv2d'> = {
    ...window,
    inputZero: -128,
    output: { dtype: 'int8', zeroPoint: -128, min: -128, max: 127 },
  };
  const runs: Record<string, () => Tensor> = {};
  for (const [label, backend] of [
    ['dot', dot],
    ['int16', words],
  ] as const) {
    const own = <T extends Tensor>(x: T): T => backend.upload(x) as T;
    const x = own(
      tensor(
        integers(batch * size * size * channels, -128, 127),
        [batch, size, size, channels],
        'int8',
      ),
    );
    const bias = own(tensor(integers(outputs, -100, 100), [outputs], 'int32'));
    const factor = own(
      tensor(
        integers(outputs, 1, 3).map((f) => f * 1e-3),
        [outputs],
      ),
    );
    for (const bits of [4, 8]) {
      const top = 2 ** (bits - 1) - 1;
      const weight = own(tensor(integers(count, -top, top), shape, 'int8'));
      backend.freeze(weight);
      const run = backend.kernels.integerConv2d as typeof kernels.integerConv2d;
      runs[`${label} W${bits}`] = () => run([x, weight, bias, factor], options);
    }
    if (label === 'dot') {
      const image = own(randomNormal([batch, channels, size, size], stream));
      const weight = own(randomNormal(shape, stream));
      backend.freeze(weight);
      const run = backend.kernels.conv2d as typeof kernels.conv2d;
      runs.float32 = () => run([image, weight], window);
    }
  }
  const times: Record<string, number> = {};
  for (let round = 0; round < 40; round++) {
    for (const [label, run] of Object.entries(runs)) {
      const start = performance.now();
      const result = run();
      const time = performance.now() - start;
      result.storage.dispose();
      times[label] = Math.min(times[label] ?? Number.POSITIVE_INFINITY, time);
    }
  }
  const text = Object.entries(times).map(
    ([label, time]) =>
      `${label} ${time.toFixed(3)} ms ${(operations / time / 1e6).toFixed(0)} (${(time / (times.float32 as number)).toFixed(2)})`,
  );
  // biome-ignore lint/suspicious/noConsole: a benchmark prints
  console.log(`${name}: ${text.join('  ')}`);
}
