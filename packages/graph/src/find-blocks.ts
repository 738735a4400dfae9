// Reconstruction units after BRECQ (arXiv 2102.05426) and its generic rule: a unit contains a
// complete skip connection; where there is none, layers are chained, at most three to a unit.

import { isLayer } from './layers.ts';
import { fixedValues } from './links.ts';
import { skipRegions } from './skip-regions.ts';
import type { Graph, Node } from './types.ts';

/** A part of a graph that is quantized as a whole. */
export interface Block {
  /** `block.0`, `block.1` … in an order in which they can run. */
  readonly name: string;
  /** Names of its nodes, in topological order. */
  readonly nodes: readonly string[];
  /** Values it reads that other blocks or the caller produce. */
  readonly inputs: readonly string[];
  /** Values it produces that other blocks read, or that are graph outputs. */
  readonly outputs: readonly string[];
}

/** Most layers chained to one unit. */
const chainLength = 3;

/** A block in the making. */
interface Draft {
  layers: number;
  /** Part of a skip connection: its layers are complete. */
  readonly skip: boolean;
}

function draftBlocks(graph: Graph): { drafts: Draft[]; blockOf: Map<Node, number> } {
  // Shape arithmetic is no connection between layers either.
  const fixed = fixedValues(graph, ['shape', 'size']);
  const active = graph.nodes.filter((node) => !node.outputs.every((output) => fixed.has(output)));
  const position = new Map<string, number>();
  for (const [index, node] of active.entries()) {
    for (const output of node.outputs) position.set(output, index);
  }
  const sources = active.map(({ inputs }) => {
    const data = inputs.filter((input) => input !== '' && !fixed.has(input));
    return [...new Set(data.map((input) => position.get(input) ?? -1))];
  });
  const regions = skipRegions(active, sources);
  const drafts: Draft[] = [];
  const blockOf = new Map<Node, number>();
  const draftOf = new Map<object, number>();
  for (const [at, node] of active.entries()) {
    const region = regions.get(node);
    if (region) {
      let index = draftOf.get(region);
      if (index === undefined) {
        index = drafts.push({ layers: region.layers, skip: true }) - 1;
        draftOf.set(region, index);
      }
      blockOf.set(node, index);
      continue;
    }
    const before = (sources[at] ?? []).map((index) => blockOf.get(active[index] as Node) ?? -1);
    const last = Math.max(-1, ...before);
    if (!isLayer(node)) {
      // Stays with the block it follows; before the first layer, with the one that comes.
      if (last >= 0) blockOf.set(node, last);
      continue;
    }
    const previous = drafts[last];
    const joins =
      previous &&
      !previous.skip &&
      previous.layers < chainLength &&
      before.every((i) => i === last);
    if (joins) previous.layers++;
    blockOf.set(node, joins ? last : drafts.push({ layers: 1, skip: false }) - 1);
  }
  return { drafts, blockOf };
}

/**
 * Splits a graph into reconstruction units. Every node belongs to exactly one block, together with
 * what quantizes or reshapes its weights; a graph without layers has no blocks.
 */
export function findBlocks(graph: Graph): Block[] {
  const { drafts, blockOf } = draftBlocks(graph);
  const readers = new Map<string, Set<number | undefined>>();
  for (const node of graph.nodes.toReversed()) {
    let block = blockOf.get(node);
    if (block === undefined) {
      // Weight preparation, or what comes before the first layer: with its first reader.
      const after = node.outputs.flatMap((output) => [...(readers.get(output) ?? [])]);
      const known = after.filter((index) => index !== undefined);
      if (known.length > 0) block = Math.min(...known);
      if (block !== undefined) blockOf.set(node, block);
    }
    for (const input of node.inputs) {
      const set = readers.get(input) ?? new Set();
      readers.set(input, set.add(block));
    }
  }
  const graphOutputs = new Set(graph.outputs.map(({ name }) => name));
  return drafts.map((_, index) => {
    const nodes = graph.nodes.filter((node) => blockOf.get(node) === index);
    const own = new Set(nodes.flatMap(({ outputs }) => outputs));
    const inputs = new Set(nodes.flatMap((node) => node.inputs));
    const isForeign = (input: string): boolean =>
      input !== '' && !own.has(input) && !graph.constants.has(input);
    const isRead = (output: string): boolean =>
      graphOutputs.has(output) ||
      [...(readers.get(output) ?? [])].some((reader) => reader !== index);
    return {
      name: `block.${index}`,
      nodes: nodes.map(({ name }) => name),
      inputs: [...inputs].filter(isForeign),
      outputs: [...own].filter((output) => output !== '' && isRead(output)),
    };
  });
}
