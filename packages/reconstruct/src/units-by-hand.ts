// Reconstruction units as somebody wrote them down, by the names of their layers.

import { type Graph, isLayer, type Node, producersOf } from '@subbyte/graph';
import { QuantizeError } from './errors.ts';
import { nearestNames } from './nearest-names.ts';

/** Names of layers or other nodes, unit by unit, in the order in which they are learned. */
export type UnitNames = readonly (readonly string[])[];

/** The unit of each name. */
function numberNames(graph: Graph, units: UnitNames): Map<string, number> {
  const names = graph.nodes.map(({ name }) => name);
  const known = new Set(names);
  const unitOf = new Map<string, number>();
  for (const [index, unit] of units.entries()) {
    for (const name of unit) {
      if (!known.has(name)) {
        throw new QuantizeError(
          `units[${index}] has "${name}": no layer has this name; the nearest are ${nearestNames(name, names)}`,
        );
      }
      const other = unitOf.get(name);
      if (other !== undefined) {
        throw new QuantizeError(
          `units[${index}] has "${name}", which units[${other}] has already: name it once`,
        );
      }
      unitOf.set(name, index);
    }
  }
  const missing = graph.nodes.find((node) => isLayer(node) && !unitOf.has(node.name));
  if (!missing) return unitOf;
  throw new QuantizeError(`units have no "${missing.name}": add this layer to one of them`);
}

/** Whether any of `names` needs, over other nodes or not, what any of `others` makes. */
function needs(graph: Graph, names: readonly string[], others: readonly string[]): boolean {
  const producers = producersOf(graph);
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const seen = new Set(names.flatMap((name) => byName.get(name) ?? []));
  for (const { inputs } of seen) {
    for (const producer of inputs.flatMap((name) => producers.get(name) ?? [])) {
      if (others.includes(producer.name)) return true;
      seen.add(producer);
    }
  }
  return false;
}

/** Sees that every unit reads only what those before it make. */
function checkOrder(graph: Graph, units: UnitNames, unitOf: ReadonlyMap<string, number>): void {
  const producers = producersOf(graph);
  for (const { name: reader, inputs } of graph.nodes) {
    const own = unitOf.get(reader) ?? 0;
    for (const { name } of inputs.flatMap((input) => producers.get(input) ?? [])) {
      const other = unitOf.get(name) ?? own;
      if (other <= own) continue;
      const what = `"${reader}" of units[${own}] reads what "${name}" of units[${other}] makes`;
      throw new QuantizeError(
        needs(graph, units[other] ?? [], units[own] ?? [])
          ? `${what}, and units[${other}] needs units[${own}]: make one unit of them, or cut units[${own}] in two`
          : `${what}: move units[${other}] before units[${own}]`,
      );
    }
  }
}

/**
 * The nodes of each unit. What is not named stays with the last of the units it reads from; what
 * prepares weights, or comes before the first layer, goes with its first reader.
 * @throws QuantizeError for names that no node has, names given twice, layers left out, and units that
 * read what later ones make, saying what to change.
 */
export function piecesByHand(graph: Graph, units: UnitNames): Node[][] {
  const unitOf = numberNames(graph, units);
  const producers = producersOf(graph);
  for (const node of graph.nodes) {
    if (unitOf.has(node.name)) continue;
    const before = node.inputs.flatMap((name) => {
      const producer = producers.get(name);
      return producer ? (unitOf.get(producer.name) ?? []) : [];
    });
    if (before.length > 0) unitOf.set(node.name, Math.max(...before));
  }
  const readers = new Map<string, number>();
  for (const node of graph.nodes.toReversed()) {
    const after = node.outputs.flatMap((name) => readers.get(name) ?? []);
    const unit = unitOf.get(node.name) ?? Math.min(units.length - 1, ...after);
    unitOf.set(node.name, unit);
    for (const name of node.inputs) {
      readers.set(name, Math.min(unit, readers.get(name) ?? unit));
    }
  }
  checkOrder(graph, units, unitOf);
  return units.map((_, index) => graph.nodes.filter((node) => unitOf.get(node.name) === index));
}
