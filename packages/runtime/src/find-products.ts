// Finds the layers that run on codes, and how much of what follows them fits into their epilogue.

import { type Graph, inferTypes, type Node, type NodeOf, soleConsumer } from '@subbyte/graph';
import type { Tensor } from '@subbyte/tensor';
import type { Constants } from './constants.ts';
import { type ActivationGrid, activationGrid, type Bounds, unbounded } from './grid.ts';
import { type LayerWeights, layerBias, layerWeights } from './layer-weights.ts';
import { movesElements } from './moves-elements.ts';

/** A layer whose operands are codes. */
export interface IntegerLayer {
  readonly node: NodeOf<'conv2d'> | NodeOf<'matmul'>;
  readonly weights: LayerWeights;
  readonly bias: Tensor<'int32'>;
  readonly inputGrid: ActivationGrid;
  /** Of the activation fused into it. */
  readonly bounds: Bounds;
}

/** Codes added to a layer's result. */
export interface Residual {
  readonly value: string;
  readonly grid: ActivationGrid;
  /** Grid that the layer's result is put on first, with its bounds. */
  readonly own?: { readonly grid: ActivationGrid; readonly bounds: Bounds } | undefined;
}

/** A layer with what follows it, up to the grid of the result. */
export interface Product {
  readonly layer: IntegerLayer;
  readonly residual?: Residual | undefined;
  readonly bounds: Bounds;
  /** `undefined`: the result is float32. */
  readonly grid: ActivationGrid | undefined;
}

/** What is known of a graph's values and layers. */
export interface Products {
  /** The grid that a value is on, if it is on one. */
  gridOf(value: string): ActivationGrid | undefined;
  /** Its shape, 1 for a size of the first axis that is left open; `undefined` when others are. */
  shapeOf(value: string): readonly number[] | undefined;
  /** The product that gives `value`, codes if it is on a grid, else float32. */
  productOf(value: string): Product | undefined;
  /** Why a convolution or matrix product stays in float32. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** The bounds that the node sets, if that is all it does. */
function boundsOf(node: Node | undefined): Bounds | undefined {
  if (node?.op === 'relu') return { ...unbounded, low: 0 };
  if (node?.op === 'clip') return { low: node.attributes.min, high: node.attributes.max };
  return undefined;
}

/** First `inner`, then `outer`. */
function compose(inner: Bounds, outer: Bounds): Bounds {
  const bound = (x: number): number => Math.min(Math.max(x, outer.low), outer.high);
  return { low: bound(inner.low), high: bound(inner.high) };
}

/** Finds the products of a graph. */
export function findProducts(
  graph: Graph,
  constants: Constants,
  producers: ReadonlyMap<string, Node>,
  consumers: ReadonlyMap<string, readonly Node[]>,
): Products {
  const types = inferTypes(graph);
  const reasons = new Map<string, string>();
  const layers = new Map<Node, IntegerLayer | undefined>();
  const products = new Map<string, Product | undefined>();
  const isSole = (value: string): boolean => soleConsumer(graph, consumers, value) !== undefined;

  const gridOf = (value: string): ActivationGrid | undefined => {
    let hasZeros = false;
    for (let name = value; ; ) {
      const producer = producers.get(name);
      if (constants.has(name)) return undefined;
      if (producer?.op === 'fakeQuantize') {
        const grid = activationGrid(producer.attributes.quantizer);
        return hasZeros && grid?.offset !== 0 ? undefined : grid;
      }
      // Zero is on every grid without an offset.
      if (!movesElements(producer)) return undefined;
      hasZeros ||= producer.op === 'pad' && producer.attributes.mode === 'constant';
      name = producer.inputs[0] as string;
    }
  };

  /** The node as a layer on codes, or why it is none. */
  const examine = (node: NodeOf<'conv2d'> | NodeOf<'matmul'>): IntegerLayer | string => {
    const [x, weight, biasName = ''] = node.inputs as readonly [string, string, string?];
    const { activation } = node.attributes;
    let bounds = unbounded;
    if (activation?.kind === 'relu') bounds = { ...unbounded, low: 0 };
    else if (activation?.kind === 'clip') bounds = { low: activation.min, high: activation.max };
    else if (activation) return `its activation is ${activation.kind}`;
    const inputGrid = gridOf(x);
    if (!inputGrid) return 'its input is on no grid of at most 8 bits';
    if (node.op === 'matmul') {
      const rank = types.get(x)?.shape?.length ?? 0;
      if (node.attributes.transposeA || rank < 2) return 'its operands are no rows';
    }
    const weights = layerWeights(node, producers.get(weight), constants);
    if (typeof weights === 'string') return `its ${weights}`;
    if (biasName !== '' && !constants.has(biasName)) return 'its bias is computed';
    const bias = layerBias(constants.get(biasName), weights, inputGrid.scale);
    if (typeof bias === 'string') return `its ${bias}`;
    return { node, weights, bias, inputGrid, bounds };
  };

  const layerOf = (node: Node | undefined): IntegerLayer | undefined => {
    if (node?.op !== 'conv2d' && node?.op !== 'matmul') return undefined;
    if (layers.has(node)) return layers.get(node);
    const found = examine(node);
    if (typeof found === 'string') reasons.set(node.name, found);
    layers.set(node, typeof found === 'string' ? undefined : found);
    return layers.get(node);
  };

  /** Walks back from `value`, which one node reads, over nodes that only bound. */
  const skipBounds = (value: string): { producer: Node | undefined; bounds: Bounds } => {
    let bounds = unbounded;
    for (let name = value; ; ) {
      const producer = producers.get(name);
      if (!isSole(name)) return { producer: undefined, bounds };
      const own = boundsOf(producer);
      if (!own || !producer) return { producer, bounds };
      bounds = compose(own, bounds);
      name = producer.inputs[0] as string;
    }
  };

  /** The layer in `value` and what bounds it, when only one node reads it. */
  const layerBehind = (value: string): { layer: IntegerLayer; bounds: Bounds } | undefined => {
    const { producer, bounds } = skipBounds(value);
    const layer = layerOf(producer);
    return layer && { layer, bounds: compose(layer.bounds, bounds) };
  };

  const sameShape = (a: string, b: string): boolean => {
    const [first, second] = [types.get(a)?.shape, types.get(b)?.shape];
    return (
      first?.length === 4 && second?.length === 4 && first.every((size, i) => size === second[i])
    );
  };

  /** The convolution in operand `a` of an addition, with operand `b` as its residual. */
  const withResidual = (a: string, b: string): Omit<Product, 'bounds' | 'grid'> | undefined => {
    const grid = gridOf(b);
    if (grid?.offset !== 0 || !sameShape(a, b) || !isSole(a)) return undefined;
    const producer = producers.get(a);
    const own = producer?.op === 'fakeQuantize' ? gridOf(a) : undefined;
    if (own && own.offset !== 0) return undefined;
    const found = layerBehind(own ? (producer?.inputs[0] as string) : a);
    if (found?.layer.node.op !== 'conv2d') return undefined;
    const { layer, bounds } = found;
    if (own) return { layer, residual: { value: b, grid, own: { grid: own, bounds } } };
    const isBounded = bounds.low > unbounded.low || bounds.high < unbounded.high;
    return isBounded ? undefined : { layer, residual: { value: b, grid } };
  };

  const find = (value: string): Product | undefined => {
    const node = producers.get(value);
    if (constants.has(value) || !node) return undefined;
    if (node.op !== 'fakeQuantize') {
      const layer = layerOf(node);
      return layer && { layer, bounds: layer.bounds, grid: undefined };
    }
    const grid = activationGrid(node.attributes.quantizer);
    if (!grid) return undefined;
    const { producer, bounds } = skipBounds(node.inputs[0] as string);
    const layer = layerOf(producer);
    if (layer) return { layer, bounds: compose(layer.bounds, bounds), grid };
    if (producer?.op !== 'add' || grid.offset !== 0) return undefined;
    const [a, b] = producer.inputs as readonly [string, string];
    const sum = withResidual(a, b) ?? withResidual(b, a);
    return sum && { ...sum, bounds, grid };
  };

  const productOf = (value: string): Product | undefined => {
    if (!products.has(value)) products.set(value, find(value));
    return products.get(value);
  };
  const shapeOf = (value: string): readonly number[] | undefined => {
    const shape = types
      .get(value)
      ?.shape?.map((size, axis) => (axis === 0 && typeof size !== 'number' ? 1 : size));
    return shape?.every((size) => typeof size === 'number') ? shape : undefined;
  };
  return { gridOf, shapeOf, productOf, reasons };
}
