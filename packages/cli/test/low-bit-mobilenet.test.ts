import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createExecutor, type Graph } from '@subbyte/graph';
import { fromOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { expect, test } from 'vitest';
import { useWasm } from '../src/io/backend.ts';
import { evaluate } from '../src/measure/evaluate.ts';
import { openSource } from '../src/sources/index.ts';
import { inputsOf } from '../src/sources/source.ts';
import { isThere, shared } from './helpers/shared.ts';

const data = 'data/cifar10';
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const common = { ...normalization, inputShape: ['n', 3, 32, 32], seed: 1 };

async function top1(graph: Graph): Promise<number> {
  const executor = createExecutor(graph);
  const source = await openSource(`cifar10:${shared(data)}`, {
    ...common,
    samples: 1000,
    split: 'test',
    batch: 250,
  });
  const { score } = await evaluate(
    {
      inputNames: ['input'],
      outputNames: ['logits'],
      run: async (inputs) => executor.run(inputs),
      dispose: async () => undefined,
    },
    source,
  );
  executor.dispose();
  return score.top1 as number;
}

test.skipIf(!isThere(data))(
  'MobileNetV2 does not collapse at 4 bits, learned with few updates (needs ../shared)',
  async () => {
    await useWasm();
    const path = new URL('../../../models/mobilenetv2-cifar10.onnx', import.meta.url);
    const float = fromOnnx(new Uint8Array(await readFile(fileURLToPath(path))));
    const calibration = await openSource(`cifar10:${shared(data)}`, {
      ...common,
      samples: 128,
      split: 'train',
    });
    const { graph, report } = await quantize(float, {
      weights: { bits: 4 },
      activations: { bits: 4 },
      calibration: inputsOf(calibration),
      samples: 128,
      reconstruction: { method: 'qdrop', iterations: 20, batchSize: 16, finishIterations: 20 },
    });
    expect(report.units.some(({ kept }) => kept)).toBe(true);
    // Bottlenecks are signed: grids from 0 up would leave next to nothing of the network.
    expect(report.activations.filter(({ gridMin }) => gridMin < 0).length).toBeGreaterThan(8);
    const [before, after] = [await top1(float), await top1(graph)];
    expect(before).toBeGreaterThan(74);
    expect(after).toBeGreaterThan(before - 8);
  },
);
