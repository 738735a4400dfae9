import type { Shape } from '@subbyte/tensor';
import { type Analysis, analyze, type Fact } from './analyze.ts';
import { dimensionOf } from './dimension.ts';
import type { Dimension, Graph, ValueType } from './types.ts';

/** Shape of a fact with symbolic sizes; `undefined` when not even the rank is certain. */
export function shapeOfFact(
  { shapes }: Fact,
  symbols: Analysis['symbols'],
): readonly Dimension[] | undefined {
  const [first, second] = shapes;
  if (!first || (shapes.length > 1 && second?.length !== first.length)) return undefined;
  const known = shapes.filter((shape) => shape?.length === first.length) as Shape[];
  return first.map((_, axis) =>
    dimensionOf(
      known.map((shape) => shape[axis] as number),
      symbols,
    ),
  );
}

/**
 * Data type and shape of every value. Sizes known only at run time keep their names, with multiples
 * and fractions spelled out (`W/4`); `inputShapes` replaces the names of the inputs given, and with
 * all of them every shape is numbers, except those that depend on data (`nonZero`).
 * @throws GraphError when operands do not fit together, naming the node.
 */
export function inferTypes(
  graph: Graph,
  inputShapes?: Readonly<Record<string, Shape>>,
): ReadonlyMap<string, ValueType> {
  const { facts, symbols } = analyze(graph, inputShapes);
  return new Map(
    [...facts].map(([name, fact]) => [
      name,
      { dtype: fact.dtype, shape: shapeOfFact(fact, symbols) },
    ]),
  );
}
