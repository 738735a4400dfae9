import { type Graph, producersOf } from '@subbyte/graph';
import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { quantize } from '@subbyte/quantize';
import { type Bits, codeRange } from '@subbyte/quantizers';
import { random, randomNormal, tensor } from '@subbyte/tensor';
import { beforeAll, expect, test } from 'vitest';
import { cifarArchitectures } from '../src/train/cifar-architectures.ts';
import { startFromScratch } from '../src/train/cifar-start.ts';

let model: Graph;
beforeAll(async () => {
  setBackend(await wasm());
  const variables = cifarArchitectures.mobilenetv2.init(random(1));
  const optimizer = { step: tensor([0], [], 'int32') };
  const graph = startFromScratch('mobilenetv2').graph({ ...variables, optimizer });
  model = fromOnnx(toOnnx(graph, { form: 'float' }));
});

/** Least and greatest value of the grid behind each convolution and addition. */
function ranges(graph: Graph): ReadonlyMap<string, readonly [number, number]> {
  const producers = producersOf(graph);
  return new Map(
    graph.nodes.flatMap((node) => {
      const producer = producers.get(node.inputs[0] ?? '');
      if (node.op !== 'fakeQuantize' || !producer) return [];
      const { quantizer } = node.attributes;
      if (quantizer.scheme !== 'uniform') return [];
      const { min, max } = codeRange(quantizer);
      const [scale = 0, zero = 0] = [quantizer.scale[0], quantizer.zeroPoint[0]];
      return [[producer.name, [(min - zero) * scale, (max - zero) * scale] as const]];
    }),
  );
}

test.each([8, 4] as const satisfies Bits[])(
  'linear bottlenecks get grids with both signs, relu6 grids from 0 to 6 at most: %d bits',
  async (bits) => {
    const calibration = [randomNormal([16, 3, 32, 32], random(1))];
    const { graph, report } = await quantize(model, {
      weights: { bits },
      activations: { bits },
      calibration,
    });
    const found = ranges(graph);
    const linear = [...found].filter(([name]) => /project|^add/.test(name));
    expect(linear).toHaveLength(8 + 5);
    for (const [name, [low, high]] of linear) {
      expect(low, name).toBeLessThan(-0.2 * high);
      expect(high, name).toBeGreaterThan(-0.2 * low);
    }
    const bounded = [...found].filter(([name]) => /stem|expand|depthwise|last/.test(name));
    expect(bounded).toHaveLength(1 + 8 + 8 + 1);
    for (const [name, [low, high]] of bounded) {
      expect(low, name).toBe(0);
      expect(high, name).toBeGreaterThan(0);
      expect(high, name).toBeLessThan(6.001);
    }
    expect(report.layers.filter(({ reason }) => reason)).toEqual([]);
  },
);
