// node --conditions=@subbyte/source bench/packed.ts -- packed weights against unpacked ones and float32, interleaved.
import type { KernelTable, PackedBits } from '@subbyte/kernels';
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import { type WasmBackend, wasm } from '../src/index.ts';

const [inputs, outputs] = [1024, 4096];
const stream = random(1);
const dot = await wasm();
const words = await wasm({ relaxedDot: false });
const integers = (count: number, low: number, high: number): number[] =>
  Array.from({ length: count }, () => low + stream.integer(high - low + 1));
const bytes = Uint8Array.from({ length: inputs * outputs }, () => stream.integer(256));
const small = Int8Array.from(bytes, (byte) => (byte % 15) - 7);
const matrix = randomNormal([inputs, outputs], stream);

/** Every way to compute `rows` rows on one backend. */
function runsOn(backend: WasmBackend, label: string, rows: number): Record<string, () => Tensor> {
  const own = (x: Tensor, frozen = true): Tensor => {
    const uploaded = backend.upload(x);
    if (frozen) backend.freeze(uploaded);
    return uploaded;
  };
  const { packedMatmul, matmulNBits, integerMatmul, matmul } = backend.kernels as KernelTable;
  const floats = own(randomNormal([rows, inputs], stream), false);
  const codes = own(tensor(integers(rows * inputs, -128, 127), [rows, inputs], 'int8'), false);
  const bias = own(tensor(integers(outputs, -100, 100), [outputs], 'int32'));
  const factor = own(tensor(new Array(outputs).fill(1e-3), [outputs]));
  const scale = own(tensor(new Array(outputs * 32).fill(1e-2), [outputs, 32]));
  const output = { dtype: 'int8', zeroPoint: 0, min: -128, max: 127 } as const;
  const runs: Record<string, () => Tensor> = {};
  for (const bits of [1, 2, 3, 4, 8] as readonly PackedBits[]) {
    const rowBytes = (inputs * bits) / 8;
    const weight = own(tensor(bytes.slice(0, outputs * rowBytes), [outputs, rowBytes], 'uint8'));
    const options = { bits, weightZero: 2 ** (bits - 1) };
    runs[`${label} W${bits}`] = () =>
      packedMatmul([codes, weight, bias, factor], { ...options, inputZero: 0, output });
    runs[`${label} W${bits}, blocks`] = () =>
      matmulNBits([floats, weight, scale], { ...options, groupSize: 32 });
  }
  for (const [algorithm, bits, range] of [
    ['tables', 1, [-128, 127]],
    ['tables', 2, [-128, 127]],
    ['tables', 1, [0, 15]],
    ['tables', 2, [0, 15]],
    ['pairs', 2, [0, 3]],
  ] as const) {
    const few = Int8Array.from(bytes, (byte) => (byte % 2 ** bits) - 2 ** (bits - 1));
    const weight = own(tensor(few, [outputs, inputs], 'int8'));
    const x = own(
      tensor(integers(rows * inputs, range[0], range[1]), [rows, inputs], 'int8'),
      false,
    );
    const options = { inputZero: 0, inputRange: range, output, algorithm };
    runs[`${label} W${bits} A${Math.log2(range[1] - range[0] + 1)}, ${algorithm}`] = () =>
      integerMatmul([x, weight, bias, factor], options);
  }
  const weight = own(tensor(small, [outputs, inputs], 'int8'));
  runs[`${label} W4, unpacked`] = () =>
    integerMatmul([codes, weight, bias, factor], { inputZero: 0, output });
  if (backend === dot) {
    const right = own(matrix);
    const options = { transposeA: false, transposeB: false };
    runs.float32 = () => matmul([floats, right], options);
  }
  return runs;
}

for (const rows of [1, 4, 16]) {
  const runs = { ...runsOn(dot, 'dot', rows), ...runsOn(words, 'int16', rows) };
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
      `${label} ${time.toFixed(3)} ms (${(time / (times.float32 as number)).toFixed(3)})`,
  );
  // biome-ignore lint/suspicious/noConsole: a benchmark prints
  console.log(`${rows} x ${inputs} x ${outputs}:\n  ${text.join('\n  ')}`);
}
