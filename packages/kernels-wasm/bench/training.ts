// GFLOP/s of convolutions forward and backward, and what share of our matrix product's they reach.
// node --conditions=@subbyte/source packages/kernels-wasm/bench/training.ts [--json] [layer …]
import type { Kernel, OptionsOf, TrainingKernelName } from '@subbyte/kernels';
import { random, randomUniform, type Shape, scope, type Tensor } from '@subbyte/tensor';
import { type WasmBackend, wasm } from '../src/index.ts';

interface Layer {
  readonly name: string;
  readonly x: Shape;
  readonly weight: Shape;
  readonly stride: number;
  readonly pad: number;
  readonly groups: number;
}

const layer = (
  name: string,
  x: Shape,
  outputs: number,
  kernel: number,
  { stride = 1, pad = kernel >> 1, groups = 1 } = {},
): Layer => {
  const weight = [outputs, (x[1] as number) / groups, kernel, kernel];
  return { name, x, weight, stride, pad, groups };
};

const layers: readonly Layer[] = [
  layer('conv16', [32, 16, 32, 32], 16, 3),
  layer('conv64', [32, 64, 16, 16], 64, 3),
  layer('depthwise96', [32, 96, 32, 32], 96, 3, { groups: 96 }),
  layer('conv4x4s2', [8, 3, 64, 64], 64, 4, { stride: 2, pad: 1 }),
  layer('resnet32', [64, 32, 16, 16], 32, 3),
  layer('resnet64', [64, 64, 8, 8], 64, 3),
  layer('resnetDown', [64, 16, 32, 32], 32, 3, { stride: 2 }),
  layer('resnetStem', [64, 3, 32, 32], 16, 3),
  layer('pointwise', [32, 96, 16, 16], 96, 1),
  layer('depthwiseSmall', [64, 160, 8, 8], 160, 3, { groups: 160 }),
  layer('depthwiseDownSmall', [64, 240, 8, 8], 240, 3, { groups: 240, stride: 2 }),
  layer('depthwiseDown', [32, 96, 32, 32], 96, 3, { groups: 96, stride: 2 }),
];

const stream = random(1);
const picked = process.argv.slice(2).filter((word) => !word.startsWith('--'));

/** Shortest time of one run of each, taken in turn, in seconds. */
function measure(runs: readonly (() => void)[], seconds: number): number[] {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  const end = performance.now() + seconds * 1000;
  for (let i = 0; i < 3 || performance.now() < end; i++) {
    for (const [k, run] of runs.entries()) {
      const start = performance.now();
      run();
      best[k] = Math.min(best[k] as number, performance.now() - start);
    }
  }
  return best.map((time) => time / 1000);
}

function product(backend: WasmBackend): () => void {
  const [a, b] = [0, 1].map(() => backend.upload(randomUniform([512, 512], stream, -1, 1)));
  return () =>
    scope(() => {
      backend.kernels.matmul?.([a as Tensor, b as Tensor], {
        transposeA: false,
        transposeB: false,
      });
      return undefined;
    });
}

/** Forward pass, input gradient, weight gradient. */
function passes(backend: WasmBackend, { x, weight, stride, pad, groups }: Layer): (() => void)[] {
  const options: OptionsOf<'conv2d'> = {
    strides: [stride, stride],
    dilations: [1, 1],
    padding: [pad, pad, pad, pad],
    groups,
  };
  const [image, weights] = [x, weight].map((shape) =>
    backend.upload(randomUniform(shape, stream, -1, 1)),
  ) as [Tensor, Tensor];
  const conv = backend.kernels.conv2d as Kernel<'conv2d'>;
  const gradient = conv([image, weights], options);
  const backward = <K extends TrainingKernelName>(name: K): Kernel<K> =>
    backend.kernels[name] as unknown as Kernel<K>;
  const calls = [
    () => conv([image, weights], options),
    () => backward('conv2dInputGradient')([gradient, weights], { ...options, inputShape: x }),
    () => backward('conv2dWeightGradient')([image, gradient], { ...options, weightShape: weight }),
  ];
  return calls.map((call) => () => {
    scope(() => {
      call();
      return undefined;
    });
  });
}

const productFlops = 2 * 512 ** 3;
const results: Record<string, Record<string, number>> = {};
const kinds = [
  ['baseline', { relaxedSimd: false }],
  ['relaxed', { relaxedSimd: 'auto' }],
  ['two', { relaxedSimd: false, threads: 2 }],
] as const;
for (const [kind, options] of kinds) {
  const backend = await wasm(options);
  for (const one of layers) {
    if (picked.length > 0 && !picked.some((name) => one.name.startsWith(name))) continue;
    const [, channels, height, width] = one.x as readonly [number, number, number, number];
    const area = (length: number): number =>
      Math.floor((length + 2 * one.pad - (one.weight[2] as number)) / one.stride) + 1;
    const taps = (channels / one.groups) * (one.weight[2] as number) ** 2;
    const flops =
      2 * (one.x[0] as number) * (one.weight[0] as number) * area(height) * area(width) * taps;
    const runs = [product(backend), ...passes(backend, one)];
    const [gemm, forward, input, weight] = measure(runs, 0.6) as [number, number, number, number];
    const all = forward + input + weight;
    const speed = productFlops / gemm;
    results[`${one.name}.${kind}`] = {
      gemm: speed / 1e9,
      forward: flops / forward / 1e9,
      inputGradient: flops / input / 1e9,
      weightGradient: flops / weight / 1e9,
      total: (3 * flops) / all / 1e9,
      fractionOfGemm: (3 * flops) / all / speed,
    };
  }
}
if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(results)}\n`);
else {
  const columns = Object.keys(Object.values(results)[0] ?? {});
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(16)).join('')}\n`;
  process.stdout.write(line('GFLOP/s', columns));
  for (const [name, values] of Object.entries(results)) {
    process.stdout.write(
      line(
        name,
        columns.map((key) => (values[key] ?? 0).toFixed(key === 'fractionOfGemm' ? 2 : 1)),
      ),
    );
  }
}
