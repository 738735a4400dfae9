// What can be said about a graph's values without running it on data.
//
// Sizes that are known only at run time get sample sizes, several per name, and every shape is
// computed for each sample with the plain rules for numbers. A size that is the same in all samples
// is a number; one that follows a name's samples is that name. This also covers everything that
// models compute from shapes (Shape, Gather, Concat, arithmetic): those small tensors are really
// computed, once per sample, and their elements are tracked: an element that descends from a
// varying size is never taken for a constant, whatever its samples.

import {
  type DataType,
  fromStorage,
  heapStorage,
  type Shape,
  sizeOf,
  type Tensor,
} from '@subbyte/tensor';
import { bindShape } from './check-inputs.ts';
import { computeOnHeap } from './compute.ts';
import { nodeError } from './errors.ts';
import { resultShapes, resultTypes } from './operations/index.ts';
import type { SizedOperand } from './operations/rule.ts';
import type { Graph, Node } from './types.ts';
import { type Varying, varyingElements } from './varying.ts';

/** What is known of one value in every sample. */
export interface Fact {
  readonly dtype: DataType;
  /** Shape per sample; `undefined` where it is unknown. */
  readonly shapes: readonly (Shape | undefined)[];
  /** Elements per sample, for small values computed from constants and shapes. */
  readonly values?: readonly (Tensor | undefined)[] | undefined;
  /** Which of those elements depend on sizes known only at run time. */
  readonly varying?: Varying;
}

/** Result of `analyze`. */
export interface Analysis {
  readonly facts: ReadonlyMap<string, Fact>;
  /** Sample sizes of each symbolic dimension. */
  readonly symbols: ReadonlyMap<string, readonly number[]>;
}

// Multiples of 32, for networks that halve and double; all different, so that products tell names
// apart. The third sample, 1, exposes clamping: `min(W, 10)` is not 10. Where a network cannot take
// size 1 that sample stays unknown from there on.
const factors = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59];
const sampleCount = 3;

function sampleSizes(index: number): number[] {
  const at = (i: number): number => 32 * (factors[i] ?? 61 + 2 * i);
  return [at(2 * index), at(2 * index + 1), 1];
}

function bindSymbols(
  graph: Graph,
  inputShapes: Readonly<Record<string, Shape>>,
): Map<string, readonly number[]> {
  const bound = new Map<string, number>();
  for (const info of graph.inputs) {
    const shape = Object.hasOwn(inputShapes, info.name) ? inputShapes[info.name] : undefined;
    if (shape) bindShape(info, shape, bound);
  }
  const symbols = new Map<string, readonly number[]>();
  for (const { shape } of graph.inputs) {
    for (const size of shape ?? []) {
      if (typeof size === 'number' || symbols.has(size)) continue;
      const known = bound.get(size);
      symbols.set(size, known === undefined ? sampleSizes(symbols.size) : [known]);
    }
  }
  return symbols;
}

/** Most elements of a computed value that is kept, unless it depends on constants alone. */
const smallSize = 4096;

/**
 * Computes the facts of all values.
 * @param inputShapes Shapes of inputs, where the caller knows them; they replace symbolic ones.
 * @param foldElements Results of nodes that read constants alone are computed up to this many
 * elements, or as many as their operands have.
 * @throws GraphError when operands do not fit together whatever the open sizes are.
 */
export function analyze(
  graph: Graph,
  inputShapes: Readonly<Record<string, Shape>> = {},
  foldElements: number = smallSize,
): Analysis {
  const symbols = bindSymbols(graph, inputShapes);
  const open = [...symbols.values()].some((samples) => samples.length > 1);
  const samples = Array.from({ length: open ? sampleCount : 1 }, (_, i) => i);
  const facts = new Map<string, Fact>();
  for (const { name, dtype, shape } of graph.inputs) {
    const given = Object.hasOwn(inputShapes, name) ? inputShapes[name] : undefined;
    const sizes = given ?? shape;
    const at = (sample: number): Shape | undefined =>
      sizes?.map((size) => {
        if (typeof size === 'number') return size;
        const known = symbols.get(size) as readonly number[];
        return known[sample] ?? (known[0] as number);
      });
    facts.set(name, { dtype, shapes: samples.map(at) });
  }
  for (const [name, value] of graph.constants) {
    const { dtype, shape } = value;
    facts.set(name, { dtype, shapes: samples.map(() => shape), values: samples.map(() => value) });
  }
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => (name === '' ? undefined : facts.get(name)));
    for (const [i, fact] of inferNode(node, operands, samples, foldElements).entries()) {
      if (node.outputs[i]) facts.set(node.outputs[i] as string, fact);
    }
  }
  return { facts, symbols };
}

type Operands = readonly (Fact | undefined)[];

/** The operands in one sample; `undefined` when a shape is not known. */
function atSample(operands: Operands, sample: number): (SizedOperand | undefined)[] | undefined {
  const result: (SizedOperand | undefined)[] = [];
  for (const fact of operands) {
    const shape = fact?.shapes[sample];
    if (fact && !shape) return undefined;
    result.push(fact && shape && { dtype: fact.dtype, shape, value: fact.values?.[sample] });
  }
  return result;
}

/** The operand's elements, or for `shape` and `size`, which do not look at them, a stand-in. */
function elementsOf({ dtype, shape, value }: SizedOperand): Tensor {
  return value ?? fromStorage(dtype, shape, heapStorage(new Uint8Array(0)));
}

function inferNode(
  node: Node,
  operands: Operands,
  samples: readonly number[],
  foldElements: number,
): Fact[] {
  let dtypes: readonly DataType[];
  try {
    dtypes = resultTypes(
      node,
      operands.map((fact) => fact?.dtype),
    );
  } catch (cause) {
    throw nodeError(node, cause);
  }
  const sized = samples.map((sample) => atSample(operands, sample));
  const errors: unknown[] = [];
  const shapes = sized.map((known) => {
    try {
      const result = known && resultShapes(node, known);
      result?.forEach(sizeOf);
      return result;
    } catch (error) {
      errors.push(error);
      return undefined;
    }
  });
  // No sample size can be right: then the fault is the graph's. Samples of open sizes may be at
  // fault themselves, which shows when a run feeds real ones.
  if (samples.length === 1 && errors.length > 0) throw nodeError(node, errors[0]);

  const constant = operands.every((fact) => !fact || (fact.values && !fact.varying));
  const operandElements = operands.reduce((sum, fact) => sum + (fact?.values?.[0]?.size ?? 0), 0);
  const limit = constant ? Math.max(foldElements, operandElements) : smallSize;
  const fits = (sample: number): boolean =>
    shapes[sample]?.every((shape) => sizeOf(shape) <= limit) ?? false;
  const compute = (sample: number): readonly Tensor[] | undefined => {
    const known = sized[sample];
    const complete =
      node.op === 'shape' || node.op === 'size' || known?.every((o) => !o || o.value);
    if (!known || !complete || !fits(sample)) return undefined;
    try {
      return computeOnHeap(
        node,
        known.map((operand) => operand && elementsOf(operand)),
      );
    } catch {
      return undefined;
    }
  };
  const first = compute(0);
  const results = samples.map((sample) => (sample === 0 || constant ? first : compute(sample)));
  const varying = first && varyingElements(node, operands, results);
  return dtypes.map((dtype, i) => ({
    dtype,
    shapes: shapes.map((shape) => shape?.[i]),
    values: first && results.map((result) => result?.[i]),
    varying: varying?.[i],
  }));
}
