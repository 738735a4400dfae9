import { type Shape, type Tensor, tensor, toNumbers } from '@subbyte/tensor';
import { type Analysis, analyze, type Fact } from './analyze.ts';
import { shapeOfFact } from './infer-types.ts';
import type { Operand } from './operations/rule.ts';
import { removeUnused } from './remove-unused.ts';
import { isDynamic, specialize } from './specialize.ts';
import type { Graph, Node } from './types.ts';

/** Options of `foldConstants`. */
export interface FoldOptions {
  /** Shapes of inputs that will never differ; default: what the graph says. */
  readonly inputShapes?: Readonly<Record<string, Shape>> | undefined;
  /**
   * Most elements of a constant that folding adds, unless what it is computed from is as big;
   * default 65 536.
   */
  readonly maxElements?: number | undefined;
}

/** The value when it is the same whatever the input. */
function constantOf(fact: Fact | undefined): Tensor | undefined {
  return fact?.varying ? undefined : fact?.values?.[0];
}

/**
 * A reshape target whose varying elements are written as -1 (there is one) or 0 (it is the input's
 * size at that axis); `undefined` when that does not cover them.
 */
function openShape(x: Fact, target: Fact, allowZero: boolean): number[] | undefined {
  const { values, varying } = target;
  if (!values?.[0] || varying === undefined || varying === 'all') return undefined;
  const wanted = values.map((value) => value && toNumbers(value));
  const shape = [...(wanted[0] as number[])];
  const open = [...varying.data.keys()].filter((i) => varying.data[i] !== 0);
  if (open.length === 1 && !shape.includes(-1)) return shape.with(open[0] as number, -1);
  if (allowZero) return undefined;
  for (const i of open) {
    const copies = wanted.every((v, sample) => !v || v[i] === x.shapes[sample]?.[i]);
    if (!copies) return undefined;
    shape[i] = 0;
  }
  return shape;
}

/** An expand target where elements that are the input's own varying sizes become 1. */
function openExpand(x: Fact, target: Fact): number[] | undefined {
  const { values, varying } = target;
  if (!values?.[0] || varying === undefined || varying === 'all') return undefined;
  const wanted = values.map((value) => value && toNumbers(value));
  const shape = [...(wanted[0] as number[])];
  for (const [i, flag] of varying.data.entries()) {
    if (flag === 0) continue;
    const fromEnd = shape.length - i;
    if (!wanted.every((v, sample) => !v || v[i] === x.shapes[sample]?.at(-fromEnd))) {
      return undefined;
    }
    shape[i] = 1;
  }
  return shape;
}

function fix(node: Node, facts: readonly (Fact | undefined)[], symbols: Analysis['symbols']): Node {
  const operands = facts.map(
    (fact): Operand | undefined =>
      fact && { dtype: fact.dtype, shape: shapeOfFact(fact, symbols), value: constantOf(fact) },
  );
  const [x, target] = facts;
  if (x && target && !operands[1]?.value) {
    if (node.op === 'dynamicReshape') {
      const shape = openShape(x, target, node.attributes.allowZero);
      if (shape) operands[1] = vector(shape);
    } else if (node.op === 'dynamicExpand') {
      const shape = openExpand(x, target);
      if (shape) operands[1] = vector(shape);
    }
  }
  return specialize(node, operands) ?? node;
}

function vector(values: readonly number[]): Operand {
  const value = tensor(values, [values.length], 'int64');
  return { dtype: 'int64', shape: value.shape, value };
}

/** Quantized weights stay as they are stored. */
function isStored(node: Node, [codes]: readonly (Fact | undefined)[]): boolean {
  if (node.op === 'fakeQuantize') return true;
  return node.op === 'dequantizeLinear' && (codes?.shapes[0]?.length ?? 0) > 1;
}

/**
 * Replaces what does not depend on the input by constants, shape arithmetic included, and
 * operations whose options arrive as constants by their static forms. A symbolic batch size is no
 * obstacle: only what really depends on it stays. Results much larger than what they are computed
 * from are left to run time.
 * @throws GraphError when operands do not fit together.
 */
export function foldConstants(graph: Graph, options: FoldOptions = {}): Graph {
  const { facts, symbols } = analyze(graph, options.inputShapes, options.maxElements ?? 65_536);
  const constants = new Map(graph.constants);
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => (name === '' ? undefined : facts.get(name)));
    const values = node.outputs.map((name) =>
      name === '' ? undefined : constantOf(facts.get(name)),
    );
    const known = node.outputs.every((name, i) => name === '' || values[i] !== undefined);
    if (known && !isStored(node, operands)) {
      for (const [i, name] of node.outputs.entries()) {
        if (values[i]) constants.set(name, values[i] as Tensor);
      }
      continue;
    }
    nodes.push(isDynamic(node) ? fix(node, operands, symbols) : node);
  }
  return removeUnused({ ...graph, nodes, constants });
}
