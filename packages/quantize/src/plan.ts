// Where quantizers go, before any number is known.

import {
  consumersOf,
  type Graph,
  inferTypes,
  type Node,
  placementOf,
  producersOf,
  soleConsumer,
} from '@subbyte/graph';
import type { Bits } from '@subbyte/quantizers';
import {
  type Complete,
  checkScheme,
  mergeWeights,
  type ResolvedConfig,
  type WeightConfig,
} from './config.ts';
import { QuantizeError } from './errors.ts';
import { endLayers, type Layer, layerOf, weightedOps } from './layers.ts';
import { checkPatterns, matches } from './names.ts';
import { type Window, windowOf } from './window.ts';

/** A layer whose weights get a quantizer. */
export interface PlannedLayer extends Layer {
  readonly weights: Complete<WeightConfig>;
}

/** A value that gets a quantizer, with everything that only moves its elements. */
export interface Site {
  /** The value that is observed. */
  readonly value: string;
  readonly bits: Bits;
  /** Readers tell no difference beyond these bounds. */
  readonly window: Window | undefined;
  /** The value and all results of layout operations on it that somebody reads. */
  readonly members: readonly string[];
}

/** Where quantizers go. */
export interface Plan {
  readonly layers: readonly PlannedLayer[];
  readonly sites: readonly Site[];
  /** Why nodes that could have been quantized were not, by node name. */
  readonly reasons: ReadonlyMap<string, string>;
}

/** Follows layout operations up to the value whose elements they move. */
function rootFinder(graph: Graph): (value: string) => string {
  const producers = producersOf(graph);
  const roots = new Map<string, string>();
  return (value) => {
    const path: string[] = [];
    let root = value;
    for (;;) {
      const known = roots.get(root);
      const producer = producers.get(root);
      if (known !== undefined) root = known;
      else if (producer && placementOf(producer) === 'layout') {
        path.push(root);
        root = producer.inputs[0] as string;
        continue;
      }
      break;
    }
    for (const name of path) roots.set(name, root);
    return root;
  };
}

/** Settings of a node: defaults, then first and last layer, then overrides in order. */
function settingsOf(
  node: Node,
  config: ResolvedConfig,
  ends: ReturnType<typeof endLayers>,
): { weights: Complete<WeightConfig>; bits: Bits; output: Bits | undefined } {
  let weights = config.weights;
  let bits = config.activations?.bits ?? 8;
  let output: Bits | undefined;
  for (const [names, end] of [
    [ends.first, config.firstLayer],
    [ends.last, config.lastLayer],
  ] as const) {
    if (!names.has(node.name)) continue;
    const isWide = config.reconstruction && end.weights >= 4;
    const own = { scheme: 'uniform', bits: end.weights } as const;
    weights = mergeWeights(weights, isWide ? { ...own, symmetric: true } : own);
    bits = end.activations;
    if (end === config.firstLayer) output = config.firstLayer.output;
  }
  for (const [pattern, override] of Object.entries(config.overrides)) {
    if (!matches(pattern, node.name)) continue;
    weights = mergeWeights(weights, override.weights);
    bits = override.activations?.bits ?? bits;
  }
  return { weights, bits, output };
}

/**
 * Decides where quantizers go in a simplified graph.
 * @throws QuantizeError for patterns that fit no layer.
 */
export function makePlan(graph: Graph, config: ResolvedConfig): Plan {
  const names = graph.nodes.map(({ name }) => name);
  checkPatterns('keepFloat', config.keepFloat, names);
  checkPatterns('overrides', Object.keys(config.overrides), names);
  if (graph.nodes.some(({ op }) => op === 'fakeQuantize')) {
    throw new QuantizeError(`graph "${graph.name}" has quantizers already: expected a float graph`);
  }
  const reasons = new Map<string, string>();
  const layers = new Map<string, PlannedLayer>();
  const found = new Map<string, Layer>();
  for (const node of graph.nodes) {
    const layer = layerOf(node, graph);
    if (typeof layer !== 'string') found.set(node.name, layer);
    else if (weightedOps.has(node.op)) reasons.set(node.name, layer);
  }
  const ends = endLayers(graph, found);
  const isKept = (node: Node): boolean =>
    config.keepFloat.some((pattern) => matches(pattern, node.name));
  for (const [name, layer] of found) {
    if (isKept(layer.node)) reasons.set(name, 'kept float by the configuration');
    else {
      const { weights } = settingsOf(layer.node, config, ends);
      checkScheme(`layer "${name}": weights`, weights);
      layers.set(name, { ...layer, weights });
    }
  }
  if (layers.size === 0) {
    throw new QuantizeError(
      `graph "${graph.name}" has no layer to quantize: every one stays float`,
    );
  }
  const sites = config.activations ? findSites(graph, config, ends, isKept, reasons) : [];
  return { layers: [...layers.values()], sites, reasons };
}

function findSites(
  graph: Graph,
  config: ResolvedConfig,
  ends: ReturnType<typeof endLayers>,
  isKept: (node: Node) => boolean,
  reasons: Map<string, string>,
): Site[] {
  const types = inferTypes(graph);
  const rootOf = rootFinder(graph);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const isFloat = (value: string): boolean => types.get(value)?.dtype === 'float32';
  const consumers = consumersOf(graph);
  // Engines drop a relu or clip between an operation and its grid: the grid clips.
  const afterActivation = (value: string): string => {
    const next = soleConsumer(graph, consumers, value);
    return next?.op === 'relu' || next?.op === 'clip' ? (next.outputs[0] as string) : value;
  };
  const wanted = new Map<string, { read?: Bits; written?: Bits }>();
  /** Values whose maker says how wide they are. */
  const fixed = new Map<string, Bits>();
  const want = (value: string, role: 'read' | 'written', bits: Bits): void => {
    const root = rootOf(value);
    const entry = wanted.get(root) ?? {};
    entry[role] = Math.max(entry[role] ?? 0, bits) as Bits;
    wanted.set(root, entry);
  };
  for (const node of graph.nodes) {
    const placement = placementOf(node);
    if (placement !== 'integer' && placement !== 'product') continue;
    if (!config.activationOps.has(node.op)) continue;
    const operands = dataOperands(node);
    const reason = isKept(node)
      ? 'kept float by the configuration'
      : whyNotInteger(node, operands, graph, isFloat);
    if (reason) {
      reasons.set(node.name, reason);
      continue;
    }
    const { bits, output } = settingsOf(node, config, ends);
    for (const operand of operands) {
      if (!graph.constants.has(rootOf(operand))) want(operand, 'read', bits);
    }
    const result = afterActivation(node.outputs[0] as string);
    if (placement === 'integer' && !outputs.has(result)) want(result, 'written', output ?? bits);
    if (output && wanted.has(rootOf(result))) fixed.set(rootOf(result), output);
  }
  const readers = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  const members = new Map<string, string[]>([...wanted.keys()].map((root) => [root, []]));
  const values = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap((node) => node.outputs),
  ];
  for (const value of values) {
    if (readers.has(value) && isFloat(value)) members.get(rootOf(value))?.push(value);
  }
  const producers = producersOf(graph);
  // What a layer gives to an addition alone is a sum that goes on: integer engines hold it in int32
  // (BRECQ puts no grid there at all), and onnxruntime wants one of 8 bits.
  const isPartialSum = (value: string): boolean => {
    const maker = producers.get(value);
    const used = (members.get(value) as string[])
      .flatMap((member) => consumers.get(member) ?? [])
      .filter((node) => placementOf(node) !== 'layout');
    return maker !== undefined && weightedOps.has(maker.op) && used.every(({ op }) => op === 'add');
  };
  return [...wanted].map(([value, { read, written }]) => ({
    value,
    // A layer's own setting is about what it reads.
    bits: fixed.get(value) ?? (isPartialSum(value) ? 8 : ((read ?? written) as Bits)),
    window: windowOf(value, consumers, outputs),
    members: members.get(value) as string[],
  }));
}

/** The operands that would be codes: not the weights and bias of a layer. */
function dataOperands(node: Node): readonly string[] {
  if (node.op === 'conv2d' || node.op === 'convTranspose2d') return node.inputs.slice(0, 1);
  if (node.op === 'matmul') return node.inputs.slice(0, 2);
  return node.inputs;
}

function whyNotInteger(
  node: Node,
  operands: readonly string[],
  graph: Graph,
  isFloat: (value: string) => boolean,
): string | undefined {
  const other = operands.find((operand) => !isFloat(operand));
  if (other !== undefined) return `operand "${other}" is not float32`;
  const isWeighted = node.op === 'conv2d' || node.op === 'convTranspose2d';
  if (isWeighted && !graph.constants.has(node.inputs[1] as string)) {
    return 'its weights are computed, not constant';
  }
  if (node.op === 'add' || node.op === 'mul' || node.op === 'concat') {
    // Engines would need the constant on a grid too; a float operation loses less.
    if (operands.some((operand) => graph.constants.has(operand))) return 'an operand is constant';
  }
  return undefined;
}
