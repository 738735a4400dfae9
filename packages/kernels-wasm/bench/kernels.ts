// GFLOP/s of the kernels that decide how fast a model runs.
// node --conditions=@subbyte/source packages/kernels-wasm/bench/kernels.ts
import { random, randomUniform, scope, type Tensor } from '@subbyte/tensor';
import { type WasmBackend, wasm } from '../src/index.ts';

const stream = random(1);

interface Work {
  readonly name: string;
  readonly flops: number;
  readonly run: (backend: WasmBackend) => () => void;
}

const weights = (backend: WasmBackend, shape: readonly number[]): Tensor => {
  const result = backend.upload(randomUniform(shape, stream, -1, 1));
  backend.freeze(result);
  return result;
};

function matmul(m: number, n: number, k: number, frozen = false): Work {
  return {
    name: `matmul ${m} x ${n} x ${k}${frozen ? ', frozen' : ''}`,
    flops: 2 * m * n * k,
    run: (backend) => {
      const a = backend.upload(randomUniform([m, k], stream));
      const b = frozen ? weights(backend, [k, n]) : backend.upload(randomUniform([k, n], stream));
      return () => {
        scope(() => {
          backend.kernels.matmul?.([a, b], { transposeA: false, transposeB: false });
          return undefined;
        });
      };
    },
  };
}

function conv(
  input: readonly [number, number, number, number],
  outputs: number,
  kernel: number,
  stride = 1,
  groups = 1,
): Work {
  const [batch, channels, height, width] = input;
  const pad = kernel >> 1;
  const pixels = Math.ceil(height / stride) * Math.ceil(width / stride);
  return {
    name: `conv [${input}] to ${outputs}, ${kernel} x ${kernel}, stride ${stride}, groups ${groups}`,
    flops: (2 * batch * pixels * outputs * kernel * kernel * channels) / groups,
    run: (backend) => {
      const x = backend.upload(randomUniform(input, stream));
      const w = weights(backend, [outputs, channels / groups, kernel, kernel]);
      const bias = weights(backend, [outputs]);
      return () => {
        scope(() => {
          backend.kernels.conv2d?.([x, w, bias], {
            strides: [stride, stride],
            dilations: [1, 1],
            padding: [pad, pad, pad, pad],
            groups,
            activation: { kind: 'relu' },
          });
          return undefined;
        });
      };
    },
  };
}

const works: readonly Work[] = [
  matmul(512, 512, 512),
  matmul(64, 3136, 576),
  matmul(1, 1024, 1024),
  matmul(40, 6625, 120, true),
  conv([64, 16, 32, 32], 16, 3),
  conv([64, 32, 16, 16], 32, 3),
  conv([64, 64, 8, 8], 64, 3),
  conv([1, 16, 32, 32], 16, 3),
  conv([1, 64, 8, 8], 64, 3),
  conv([64, 16, 32, 32], 32, 3, 2),
  conv([1, 64, 56, 56], 64, 3),
  conv([1, 3, 48, 320], 16, 3, 2),
  conv([1, 240, 12, 160], 120, 1),
  conv([1, 128, 48, 320], 128, 1),
  conv([1, 64, 48, 320], 64, 3, 1, 64),
  conv([1, 64, 48, 320], 64, 5, 1, 64),
  conv([1, 64, 48, 320], 64, 3, 2, 64),
  conv([1, 240, 12, 80], 240, 5, 1, 240),
];

/** Shortest time of one run, in seconds. */
function measure(run: () => void, seconds = 0.4): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + seconds * 1000;
  for (let i = 0; i < 3 || performance.now() < end; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}

const backends = [await wasm({ relaxedSimd: false }), await wasm({ relaxedSimd: 'auto' })];
process.stdout.write('GFLOP/s: baseline, relaxed\n');
for (const { name, flops, run } of works) {
  const speeds = backends.map((backend) => flops / measure(run(backend)) / 1e9);
  const columns = speeds.map((speed) => speed.toFixed(1).padStart(8)).join('');
  process.stdout.write(`${name.padEnd(56)}${columns}\n`);
}
