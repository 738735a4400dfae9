import { isLayer } from './layers.ts';
import type { Node } from './types.ts';

/** The nodes between the point where paths part and the one where all of them have met again. */
export interface SkipRegion {
  /** Number of layers inside. */
  readonly layers: number;
}

/** Larger regions (the long connections of a U-Net) are no unit; those inside them are. */
const mostLayers = 12;

/** Immediate dominator of each node by index, -1 for the graph's inputs (Cooper et al. 2001). */
function dominators(sources: readonly (readonly number[])[]): number[] {
  const dominator: number[] = [];
  const depth: number[] = [];
  for (const [index, from] of sources.entries()) {
    let common = from[0] ?? -1;
    for (const other of from.slice(1)) {
      let a = common;
      let b = other;
      // Climb from the deeper of the two until they meet; the inputs have depth 0.
      while (a !== b) {
        if ((depth[a] ?? 0) >= (depth[b] ?? 0)) a = dominator[a] as number;
        else b = dominator[b] as number;
      }
      common = a;
    }
    dominator[index] = common;
    depth[index] = (depth[common] ?? 0) + 1;
  }
  return dominator;
}

/**
 * The largest skip connections (regions that one node's results enter and one node leaves) with at
 * least one and at most twelve layers; regions do not overlap.
 * @param nodes In topological order.
 * @param sources Positions in `nodes` of those that produce a node's operands; -1 for graph inputs.
 * @returns The region of each node that is in one.
 */
export function skipRegions(
  nodes: readonly Node[],
  sources: readonly (readonly number[])[],
): ReadonlyMap<Node, SkipRegion> {
  const dominator = dominators(sources);
  const candidates: number[][] = [];
  for (const [merge, from] of sources.entries()) {
    const entry = dominator[merge] as number;
    if (from.length < 2) continue;
    const inside = new Set([merge]);
    const pending = [merge];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const source of sources[next] ?? []) {
        if (source === entry || source < 0 || inside.has(source)) continue;
        inside.add(source);
        pending.push(source);
      }
    }
    candidates.push([...inside]);
  }
  candidates.sort((a, b) => b.length - a.length);
  const regions = new Map<Node, SkipRegion>();
  for (const members of candidates) {
    const inside = members.map((index) => nodes[index] as Node);
    const layers = inside.filter(isLayer).length;
    if (layers === 0 || layers > mostLayers || inside.some((node) => regions.has(node))) continue;
    const region = { layers };
    for (const node of inside) regions.set(node, region);
  }
  return regions;
}
