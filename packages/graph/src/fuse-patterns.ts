import { inferTypes } from './infer-types.ts';
import { consumersOf, producersOf } from './links.ts';
import { type Match, match } from './match.ts';
import { type Fusion, fusions } from './patterns.ts';
import { removeUnused } from './remove-unused.ts';
import type { Graph, Node, ValueType } from './types.ts';

/** Whether nothing outside the match reads the values inside it. */
function isClosed(
  graph: Graph,
  { nodes }: Match,
  consumers: ReturnType<typeof consumersOf>,
): boolean {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return nodes
    .slice(1)
    .every((node) =>
      node.outputs.every(
        (value) =>
          !outputs.has(value) && (consumers.get(value) ?? []).every((n) => nodes.includes(n)),
      ),
    );
}

/** Replaces every match of one fusion; matches never overlap, the later root wins. */
function fuse(graph: Graph, fusion: Fusion, types: ReadonlyMap<string, ValueType>): Graph {
  const context = { constants: graph.constants, producers: producersOf(graph), types };
  const consumers = consumersOf(graph);
  const replaced = new Map<Node, Node>();
  const taken = new Set<Node>();
  for (const root of graph.nodes.toReversed()) {
    const output = root.outputs[0] as string;
    const found = match(fusion.pattern, output, context);
    if (!found || found.nodes.some((node) => taken.has(node))) continue;
    if (!isClosed(graph, found, consumers)) continue;
    const replacement = fusion.replace(found, context);
    const rank = (name: string): number | undefined => types.get(name)?.shape?.length;
    // A number may be written with so many axes that it adds some to the result.
    if (!replacement || rank(replacement.inputs[0] as string) !== rank(output)) continue;
    for (const node of found.nodes) taken.add(node);
    replaced.set(root, { name: root.name, outputs: [output], ...replacement } as Node);
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return removeUnused({ ...graph, nodes });
}

/**
 * Fuses operations that exporters spell out in simpler ones: hard-swish, hard-sigmoid, gelu, layer
 * norm, and average pools over a whole plane. Values inside a match must have no other reader.
 */
export function fusePatterns(graph: Graph): Graph {
  const types = inferTypes(graph);
  return fusions.reduce((result, fusion) => fuse(result, fusion, types), graph);
}
