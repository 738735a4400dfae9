import { setBackend } from '@subbyte/kernels';
import { random, randomNormal, type Tensor, toNumbers } from '@subbyte/tensor';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import {
  checkGraph,
  createExecutor,
  type Graph,
  groupActivations,
  inferTypes,
  simplify,
  ungroupActivations,
} from '../src/index.ts';
import { countingBackend } from './counting-backend.ts';
import { randomGraph } from './random-graph.ts';

afterEach(() => setBackend(undefined));

const cases = fc.record({ seed: fc.integer(), count: fc.integer({ min: 1, max: 24 }) });

function inputsFor(seed: number, batch: number): Record<string, Tensor> {
  const stream = random(seed);
  return { x: randomNormal([batch, 4], stream), z: randomNormal([batch, 4], stream) };
}

function expectSameResults(a: Graph, b: Graph, seed: number): void {
  for (const batch of [1, 3]) {
    const inputs = inputsFor(seed, batch);
    const wanted = createExecutor(a).run(inputs);
    const got = createExecutor(b).run(inputs);
    expect(Object.keys(got)).toEqual(Object.keys(wanted));
    for (const [name, value] of Object.entries(wanted)) {
      expect(got[name]?.shape).toEqual(value.shape);
      const numbers = toNumbers(got[name] as Tensor);
      for (const [i, expected] of toNumbers(value).entries()) {
        const error = Math.abs((numbers[i] as number) - expected);
        expect(error <= 1e-4 * Math.max(1, Math.abs(expected)) || !Number.isFinite(expected)).toBe(
          true,
        );
      }
    }
  }
}

test('simplify keeps what a graph computes, and doing it again changes nothing', () => {
  fc.assert(
    fc.property(cases, ({ seed, count }) => {
      const graph = randomGraph(seed, count);
      const small = simplify(graph);
      checkGraph(small);
      expect(small.nodes.length).toBeLessThanOrEqual(graph.nodes.length);
      expect(simplify(small)).toEqual(small);
      expectSameResults(graph, small, seed);
    }),
    { numRuns: 150 },
  );
});

test('ungrouping activations undoes grouping', () => {
  fc.assert(
    fc.property(cases, ({ seed, count }) => {
      const graph = randomGraph(seed, count);
      const grouped = groupActivations(graph);
      const apart = ungroupActivations(grouped);
      checkGraph(apart);
      expect(groupActivations(apart).nodes.map(({ op }) => op)).toEqual(
        grouped.nodes.map(({ op }) => op),
      );
      expectSameResults(graph, apart, seed);
    }),
    { numRuns: 60 },
  );
});

test('every value has the shape that was inferred, and all memory comes back', () => {
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 5 }), ({ seed, count }, batch) => {
      const backend = countingBackend();
      setBackend(backend);
      const graph = randomGraph(seed, count);
      const open = inferTypes(graph);
      const sized = inferTypes(graph, { x: [batch, 4] });
      const executor = createExecutor(graph);
      const resident = backend.alive.size;
      const outputs = executor.run(inputsFor(seed, batch), {
        onValue: (name, value) => {
          expect(sized.get(name)?.shape).toEqual(value.shape);
          expect(sized.get(name)?.dtype).toBe(value.dtype);
          const symbolic = open.get(name)?.shape?.map((size) => (size === 'N' ? batch : size));
          expect(symbolic).toEqual(value.shape);
        },
      });
      const values = Object.values(outputs);
      expect(new Set(values.map(({ storage }) => storage)).size).toBe(values.length);
      for (const value of values) value.storage.dispose();
      expect(backend.alive.size).toBe(resident);
      executor.dispose();
      expect(backend.alive.size).toBe(0);
    }),
    { numRuns: 100 },
  );
});
