import { createExecutor, type Graph, type Node, type OpName } from '@subbyte/graph';
import type { Tensor } from '@subbyte/tensor';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { toOnnx } from '../src/index.ts';
import { type Sample, samples } from './export-samples.ts';

/** A graph of one node; operands that are not graph constants are inputs. */
function oneNode(op: OpName, sample: Sample<OpName>): { graph: Graph; feeds: Map<string, Tensor> } {
  const constants = new Map<string, Tensor>();
  const feeds = new Map<string, Tensor>();
  const inputs = sample.inputs.map((value, place) => {
    if (value === undefined) return '';
    const name = `input${place}`;
    (sample.constants?.includes(place) ? constants : feeds).set(name, value);
    return name;
  });
  const outputs = Array.from({ length: sample.outputs ?? 1 }, (_, i) => `output${i}`);
  const node = { op, name: op, inputs, outputs, attributes: sample.attributes } as Node;
  const graph: Graph = {
    name: op,
    inputs: [...feeds].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: outputs.map((name) => ({ name, dtype: 'float32' })),
    nodes: [node],
    constants,
    metadata: {},
  };
  const results = createExecutor(graph).run(Object.fromEntries(feeds));
  const typed = outputs.map((name) => ({ name, dtype: results[name]?.dtype ?? 'float32' }));
  return { graph: { ...graph, outputs: typed }, feeds };
}

const numbers = (data: ArrayLike<number | bigint>): number[] => Array.from(data, Number);

for (const opset of [17, 18, 21]) {
  for (const op of Object.keys(samples) as OpName[]) {
    for (const [i, sample] of (samples[op] as readonly Sample<OpName>[]).entries()) {
      if ((sample.since ?? 17) > opset) {
        test(`${op} ${i} asks for a newer opset than ${opset}`, () => {
          const { graph } = oneNode(op, sample);
          expect(() => toOnnx(graph, { form: 'float', opset })).toThrow(/needs opset/);
        });
        continue;
      }
      test(`${op} ${i} computes the same in onnxruntime at opset ${opset}`, async () => {
        const { graph, feeds } = oneNode(op, sample);
        const expected = createExecutor(graph).run(Object.fromEntries(feeds));
        const form = op === 'fakeQuantize' && i === 0 ? 'qdq' : 'float';
        const session = await ort.InferenceSession.create(toOnnx(graph, { form, opset }), {
          intraOpNumThreads: 1,
          logSeverityLevel: 3,
        });
        const inputs = Object.fromEntries(
          [...feeds].map(([name, { dtype, data, shape }]) => [
            name,
            new ort.Tensor(dtype as 'float32', data.slice() as Float32Array, [...shape]),
          ]),
        );
        const actual = await session.run(inputs);
        await session.release();
        for (const { name } of graph.outputs) {
          const [ours, theirs] = [expected[name], actual[name]];
          expect(theirs?.dims).toEqual(ours?.shape);
          const wanted = numbers(ours?.data ?? []);
          const got = numbers((theirs?.data ?? []) as Float32Array);
          expect(got.length).toBe(wanted.length);
          const off = wanted.findIndex(
            (value, k) =>
              !(Math.abs(value - (got[k] ?? Number.NaN)) <= 1e-5 * (1 + Math.abs(value))),
          );
          const place = wanted.map((value, k) => [value, got[k]])[off];
          expect(off === -1 || place?.every(Number.isNaN), `element ${off}: ${place}`).toBe(true);
        }
      });
    }
  }
}
