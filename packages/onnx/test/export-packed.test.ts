import { unpackBytePlanes } from '@subbyte/bitpack';
import {
  type Bits,
  decode,
  encode,
  type Granularity,
  perChannel,
  perGroup,
  perTensor,
  uniform,
} from '@subbyte/quantizers';
import { random, randomNormal } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { type PackedWeight, toOnnx, toOnnxModel } from '../src/index.ts';
import { runOnnx } from './export-engines.ts';
import { weightGraph } from './export-graphs.ts';

const widths: readonly Bits[] = [2, 3, 4, 5, 6, 7, 8];

const bitsOf = (data: Float32Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.length);

const granularities: readonly Granularity[] = [
  perTensor,
  perChannel(0),
  perChannel(1),
  perGroup(1, 4),
  perGroup(1, 3),
];

for (const bits of widths) {
  test(`weights of ${bits} bits unpack to the decoded ones, bit for bit, in both engines`, async () => {
    const weight = randomNormal([5, 7, 3, 3], random(bits));
    for (const granularity of granularities) {
      for (const symmetric of [true, false]) {
        const quantizer = uniform({ bits, granularity, symmetric, observer: 'minMax' }).fit(weight);
        const graph = weightGraph(weight, quantizer);
        const model = toOnnx(graph, { form: 'packed' });
        const zero = randomNormal([], random(1), 0, 0);
        const expected = bitsOf(decode(encode(weight, quantizer), quantizer).data as Float32Array);
        for (const engine of ['node', 'web'] as const) {
          const { y } = await runOnnx(engine, model, { zero });
          // Adding 0 turns -0 into 0.
          const sum = Float32Array.from(new Float32Array(expected.buffer), (v) => v + 0);
          expect(bitsOf(y?.data as Float32Array)).toEqual(bitsOf(sum));
        }
      }
    }
  });

  test(`weights of ${bits} bits take ${bits} eighths of a byte`, () => {
    const weight = randomNormal([64, 64, 3, 3], random(bits));
    const quantizer = uniform({ bits, granularity: perChannel(0), observer: 'minMax' }).fit(weight);
    const model = toOnnxModel(weightGraph(weight, quantizer), { form: 'packed' });
    const entry = model.metadataProps?.find(({ key }) => key === 'subbyte.packed.quantized');
    const packed = JSON.parse(entry?.value ?? '') as PackedWeight;
    const bytesOf = (name: string): Uint8Array =>
      model.graph?.initializer?.find((tensor) => tensor.name === name)?.rawData ?? new Uint8Array();
    if (packed.version !== 1) throw new Error('uniform weights are version 1');
    const planes = packed.planes.map((plane) => ({ ...plane, bytes: bytesOf(plane.initializer) }));
    const total = planes.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(total).toBe((weight.size * bits) / 8);
    // The metadata are enough to decode the bytes without running the model.
    const scales = new Float32Array(bytesOf(packed.scale).buffer);
    const inner = weight.size / 64;
    const decoded = Float32Array.from(unpackBytePlanes(planes, weight.size), (code, i) =>
      Math.fround((code - (packed.zero as number)) * (scales[Math.floor(i / inner)] ?? 0)),
    );
    expect(decoded).toEqual(decode(encode(weight, quantizer), quantizer).data);
    const file = toOnnx(weightGraph(weight, quantizer), { form: 'packed' });
    expect(file.length).toBeLessThan(total + 4_000);
  });
}
