// Reconstruction units: parts of the quantized graph beside the same parts of the float graph.

import {
  findBlocks,
  type Graph,
  inferTypes,
  isLayer,
  type Node,
  type NodeOf,
  placementOf,
  producersOf,
  type ValueType,
} from '@subbyte/graph';
import type { UniformQuantizer } from '@subbyte/quantizers';
import { piecesByHand, type UnitNames } from './units-by-hand.ts';

/** A value by its names in the two graphs. */
export interface ValuePair {
  readonly float: string;
  readonly quantized: string;
}

/** A result of a unit that is compared with its float counterpart. */
export interface UnitOutput extends ValuePair {
  /** Axis over which losses are summed; means are taken over the others. */
  readonly channelAxis: number;
}

/** Weights that are put on a grid inside a unit. */
export interface WeightSlot {
  readonly node: NodeOf<'fakeQuantize'>;
  /** Name of the layer that reads them. */
  readonly layer: string;
  readonly constant: string;
  readonly quantizer: UniformQuantizer;
}

/** A value that is put on a grid inside a unit; grids of 8 bits cost next to nothing and are left alone. */
export interface ActivationSlot {
  /** Name of the value before its grid. */
  readonly value: string;
  readonly quantizer: UniformQuantizer;
}

/** A part of the network that is reconstructed as a whole. */
export interface Unit {
  readonly name: string;
  /** With `fakeQuantize` nodes. */
  readonly quantized: Graph;
  readonly float: Graph;
  readonly inputs: readonly ValuePair[];
  readonly outputs: readonly UnitOutput[];
  /** Names of its layers. */
  readonly layers: readonly string[];
  readonly weights: readonly WeightSlot[];
  readonly activations: readonly ActivationSlot[];
  /** Bias constants that one layer alone reads. */
  readonly biases: readonly string[];
}

type FakeQuantize = Node & NodeOf<'fakeQuantize'>;

/** The nodes in pieces of one layer each; what follows a layer stays with it. */
function splitLayers(nodes: readonly Node[], isWeight: (node: Node) => boolean): Node[][] {
  const pieces: Node[][] = [[]];
  let layers = 0;
  for (const node of nodes) {
    if ((isWeight(node) || isLayer(node)) && layers > 0) {
      // The weights' quantizer opens the piece; the layer behind it must not open another.
      const open = pieces.at(-1) as Node[];
      if (isWeight(node) || !isWeight(open.at(-1) as Node)) {
        pieces.push([]);
        layers = 0;
      }
    }
    if (isLayer(node)) layers++;
    (pieces.at(-1) as Node[]).push(node);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** The part of `graph` that `nodes` are. */
function partOf(
  graph: Graph,
  nodes: readonly Node[],
  inputs: readonly string[],
  outputs: readonly string[],
  types: ReadonlyMap<string, ValueType>,
): Graph {
  const info = (name: string) => ({ name, dtype: types.get(name)?.dtype ?? ('float32' as const) });
  const constants = new Map(
    nodes
      .flatMap((node) => node.inputs)
      .flatMap((name) => {
        const value = graph.constants.get(name);
        return value ? [[name, value] as const] : [];
      }),
  );
  return { ...graph, inputs: inputs.map(info), outputs: outputs.map(info), nodes, constants };
}

/** Which nodes belong together: blocks as `findBlocks` says, single layers, or everything. */
export type UnitKind = 'block' | 'layer' | 'network';

/**
 * The units of a quantized graph in the order in which they run.
 * @param float The graph that `quantized` was made of: the same nodes without quantizers.
 * @param byHand Units to take instead of blocks and single layers.
 */
export function unitsOf(
  quantized: Graph,
  float: Graph,
  kind: UnitKind,
  byHand?: UnitNames | undefined,
): Unit[] {
  const isWeight = (node: Node): boolean =>
    node.op === 'fakeQuantize' && quantized.constants.has(node.inputs[0] as string);
  const byName = new Map(quantized.nodes.map((node) => [node.name, node]));
  const pieces =
    kind === 'network'
      ? [quantized.nodes]
      : byHand
        ? piecesByHand(quantized, byHand)
        : findBlocks(quantized).flatMap((block) => {
            const nodes = block.nodes.map((name) => byName.get(name) as Node);
            return kind === 'block' ? [nodes] : splitLayers(nodes, isWeight);
          });
  const context = unitContext(quantized, float, pieces);
  return pieces.map((nodes, index) => makeUnit(context, nodes, index));
}

/** What is known of the graphs and all pieces. */
interface UnitContext {
  readonly quantized: Graph;
  readonly float: Graph;
  readonly floatNodes: ReadonlyMap<string, Node>;
  readonly producers: ReadonlyMap<string, Node>;
  readonly types: ReadonlyMap<string, ValueType>;
  readonly floatName: (name: string) => string;
  /** How many nodes read a value, and in which pieces. */
  readonly readers: ReadonlyMap<string, readonly number[]>;
  readonly graphOutputs: ReadonlySet<string>;
}

function unitContext(
  quantized: Graph,
  float: Graph,
  pieces: readonly (readonly Node[])[],
): UnitContext {
  const producers = producersOf(quantized);
  const inFloat = new Set([
    ...float.inputs.map(({ name }) => name),
    ...float.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const floatName = (name: string): string => {
    const producer = producers.get(name);
    return inFloat.has(name) || !producer ? name : floatName(producer.inputs[0] as string);
  };
  const readers = new Map<string, number[]>();
  for (const [index, nodes] of pieces.entries()) {
    for (const name of nodes.flatMap(({ inputs }) => inputs)) {
      readers.set(name, [...(readers.get(name) ?? []), index]);
    }
  }
  return {
    quantized,
    float,
    floatNodes: new Map(float.nodes.map((node) => [node.name, node])),
    producers,
    types: inferTypes(quantized),
    floatName,
    readers,
    graphOutputs: new Set(quantized.outputs.map(({ name }) => name)),
  };
}

function makeUnit(context: UnitContext, nodes: readonly Node[], index: number): Unit {
  const { quantized, float, producers, types, floatName, readers, graphOutputs } = context;
  const own = new Set(nodes.flatMap(({ outputs }) => outputs));
  const isForeign = (name: string): boolean =>
    name !== '' && !own.has(name) && !quantized.constants.has(name);
  const inputs = [...new Set(nodes.flatMap((node) => node.inputs))].filter(isForeign);
  const outputs = [...own].filter(
    (name) =>
      name !== '' &&
      (graphOutputs.has(name) || readers.get(name)?.some((reader) => reader !== index)),
  );
  const floatNodes = nodes.flatMap(({ name }) => context.floatNodes.get(name) ?? []);
  const floatOf = (names: readonly string[]): string[] => [...new Set(names.map(floatName))];
  const layers = nodes.filter(isLayer);
  const channelAxis = (name: string): number => {
    const rank = types.get(name)?.shape?.length ?? 4;
    const isProduct = producers.get(floatName(name))?.op === 'matmul';
    return isProduct || rank < 2 ? Math.max(0, rank - 1) : 1;
  };
  const quantizers = nodes.filter((node): node is FakeQuantize => node.op === 'fakeQuantize');
  const readsConstant = ({ inputs: [name = ''] }: Node): boolean => quantized.constants.has(name);
  const layerOf = (value: string): Node | undefined =>
    layers.find((layer) => layer.inputs[1] === value);
  return {
    name: `unit.${index}`,
    quantized: partOf(quantized, nodes, inputs, outputs, types),
    float: partOf(float, floatNodes, floatOf(inputs), floatOf(outputs), types),
    inputs: inputs.map((name) => ({ quantized: name, float: floatName(name) })),
    outputs: outputs
      .filter((name) => types.get(name)?.dtype === 'float32')
      .map((name) => ({
        quantized: name,
        float: floatName(name),
        channelAxis: channelAxis(name),
      })),
    layers: layers.map(({ name }) => name),
    // Rounding is learned on uniform grids; other weights keep their nearest levels.
    weights: quantizers.filter(readsConstant).flatMap((node) => {
      const { quantizer } = node.attributes;
      if (quantizer.scheme !== 'uniform') return [];
      const layer = layerOf(node.outputs[0] as string)?.name ?? node.name;
      return [{ node, layer, constant: node.inputs[0] as string, quantizer }];
    }),
    activations: quantizers
      .filter(
        (node) =>
          !readsConstant(node) &&
          gridValueOf(node, producers) === node.inputs[0] &&
          node.attributes.quantizer.bits < 8,
      )
      .flatMap((node) => {
        const { quantizer } = node.attributes;
        return quantizer.scheme === 'uniform'
          ? [{ value: node.inputs[0] as string, quantizer }]
          : [];
      }),
    biases: layers
      .map((layer) => layer.inputs[2] ?? '')
      .filter((name) => quantized.constants.has(name) && readers.get(name)?.length === 1),
  };
}

/**
 * The value whose grid the `fakeQuantize` node `node` has: its own operand, or one before that whose
 * elements were only moved since they were put on the grid.
 */
export function gridValueOf(node: Node, producers: ReadonlyMap<string, Node>): string {
  let found = node.inputs[0] as string;
  for (let value = found; ; ) {
    const producer = producers.get(value);
    if (producer?.op === 'fakeQuantize') found = producer.inputs[0] as string;
    else if (!producer || placementOf(producer) !== 'layout') return found;
    value = producer.inputs[0] as string;
  }
}
