// node --conditions=@subbyte/source bench/low-bit.ts -- convolutions of ResNet-18 on few bits, every algorithm, interleaved.
import type { kernels, OptionsOf } from '@subbyte/kernels';
import { random, type Tensor, tensor } from '@subbyte/tensor';
import { wasm } from '../src/index.ts';

const stream = random(1);
// `--words`: without relaxed SIMD, as on engines that lack it.
const backend = await wasm({ relaxedDot: process.argv.includes('--words') ? false : 'auto' });
const layers = [
  { name: '3x3 64-64 56', size: 56, channels: 64, kernel: 3 },
  { name: '3x3 128-128 28', size: 28, channels: 128, kernel: 3 },
  { name: '3x3 256-256 14', size: 14, channels: 256, kernel: 3 },
  { name: '3x3 512-512 7', size: 7, channels: 512, kernel: 3 },
  { name: '1x1 128-128 28', size: 28, channels: 128, kernel: 1 },
];
const apot = (...levels: number[]): number[] => [...levels.map((level) => -level), 0, ...levels];
const pairs = [
  { name: 'W1A1', weights: [-1, 1], range: [0, 1], zero: 0 },
  { name: 'W1A2', weights: [-1, 1], range: [0, 3], zero: 0 },
  { name: 'W1A4', weights: [-1, 1], range: [0, 15], zero: 0 },
  { name: 'W1A8', weights: [-1, 1], range: [-128, 127], zero: -128 },
  { name: 'W2A2', weights: [-2, -1, 0, 1], range: [0, 3], zero: 0 },
  { name: 'W2A3', weights: [-2, -1, 0, 1], range: [0, 7], zero: 0 },
  { name: 'W3A2', weights: [-4, -3, -2, -1, 0, 1, 2, 3], range: [0, 3], zero: 0 },
  { name: 'W2A4', weights: [-2, -1, 0, 1], range: [0, 15], zero: 0 },
  { name: 'W2A8', weights: [-2, -1, 0, 1], range: [-128, 127], zero: -128 },
  { name: 'APoT 4, A8', weights: apot(1, 2, 3, 4, 6, 8, 10), range: [-128, 127], zero: -128 },
  { name: 'ternary', weights: [-1, 0, 1], range: [-1, 1], zero: 0 },
] as const;

for (const { name, size, channels, kernel } of layers) {
  const pad = (kernel - 1) / 2;
  const count = channels * channels * kernel * kernel;
  for (const pair of pairs) {
    const [min, max] = pair.range;
    const codes = (length: number): number[] =>
      Array.from({ length }, () => min + stream.integer(max - min + 1));
    const own = <T extends Tensor>(x: T): T => backend.upload(x) as T;
    const x = own(tensor(codes(size * size * channels), [1, size, size, channels], 'int8'));
    const picked = Array.from(
      { length: count },
      () => pair.weights[stream.integer(pair.weights.length)] as number,
    );
    const weight = own(tensor(picked, [channels, channels, kernel, kernel], 'int8'));
    backend.freeze(weight);
    const bias = own(tensor(new Int32Array(channels), [channels], 'int32'));
    const factor = own(tensor(new Float32Array(channels).fill(0.01), [channels]));
    const options: OptionsOf<'integerConv2d'> = {
      ...{ strides: [1, 1], dilations: [1, 1], padding: [pad, pad, pad, pad], groups: 1 },
      ...{ inputZero: pair.zero, inputRange: pair.range },
      output: { dtype: 'int8', zeroPoint: 0, min, max },
    };
    const run = backend.kernels.integerConv2d as typeof kernels.integerConv2d;
    const algorithms = backend.algorithms?.(weight, options) ?? [];
    const times: Record<string, number> = {};
    for (let round = 0; round < 40; round++) {
      for (const algorithm of algorithms) {
        const start = performance.now();
        const result = run([x, weight, bias, factor], { ...options, algorithm });
        const time = performance.now() - start;
        result.storage.dispose();
        times[algorithm] = Math.min(times[algorithm] ?? Number.POSITIVE_INFINITY, time);
      }
    }
    const operations = 2 * size * size * channels * count;
    const text = Object.entries(times).map(
      ([algorithm, time]) =>
        `${algorithm} ${time.toFixed(3)} ms ${(operations / channels / time / 1e6).toFixed(0)} Gop/s (${(time / (times.dot ?? (times.words as number))).toFixed(2)})`,
    );
    // biome-ignore lint/suspicious/noConsole: a benchmark prints
    console.log(`${name} ${pair.name}: ${text.join('  ')}`);
  }
}
