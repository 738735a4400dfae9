import { createExecutor, trace } from '@subbyte/graph';
import { getBackend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { compile } from '@subbyte/runtime';
import { random, randomNormal, type Tensor, toNumbers } from '@subbyte/tensor';
import { network } from './short-training.ts';

/** What a quantized network gave. */
export interface QuantizedRun {
  /** Of the compiled graph, of its packed ONNX file read back and compiled, and of the executor. */
  readonly compiled: readonly number[];
  readonly packed: readonly number[];
  readonly simulated: readonly number[];
  /** Kernels that the compiled graph runs on. */
  readonly kernels: readonly string[];
  /** Threads it really had. */
  readonly threads: number;
}

/** Quantizes a small ResNet of random weights to W4A8, compiles it and runs it twice on `threads` threads. */
export async function runQuantized(threads: number): Promise<QuantizedRun> {
  const before = getBackend();
  const backend = await wasm({ threads });
  setBackend(backend);
  try {
    const stream = random(11);
    const variables = network.init(stream);
    const apply = (x: Tensor): Tensor => network.apply(variables, x).y;
    const images = randomNormal([4, 3, 16, 16], stream);
    const { graph } = await quantize(trace(apply, images, { names: variables, batch: 'N' }), {
      ...{ weights: { bits: 4 }, activations: { bits: 8 } },
      calibration: [images],
    });
    const packed = fromOnnx(toOnnx(graph, { form: 'packed' }));
    const runs: number[][] = [];
    let kernels: readonly string[] = [];
    for (const each of [graph, packed]) {
      const session = await compile(each, { clock: () => 0 });
      // The first run plans the memory, the second uses it.
      await session.run({ input: images });
      runs.push(toNumbers((await session.run({ input: images })).output as Tensor));
      kernels = session.profile().map(({ kernel }) => kernel);
      await session.release();
    }
    const executor = createExecutor(graph);
    const simulated = toNumbers(executor.run({ input: images }).output as Tensor);
    executor.dispose();
    const [compiled = [], read = []] = runs;
    return { compiled, packed: read, simulated, kernels, threads: backend.threads };
  } finally {
    backend.close();
    setBackend(before);
  }
}
