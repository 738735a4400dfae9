import { getBackend } from '@subbyte/kernels';
import type { Storage, Tensor } from '@subbyte/tensor';
import { lowerQuantizer } from './fake-quantize.ts';
import { isView, runNode } from './operations/index.ts';
import type { Graph, Node } from './types.ts';

/** A graph with its constants in place and everything computed that needs no input. */
export interface Prepared {
  /** Slot of each value; inputs come first, in order. */
  readonly slots: ReadonlyMap<string, number>;
  /** Constants by slot, `undefined` elsewhere. */
  readonly values: readonly (Tensor | undefined)[];
  readonly constantSlots: ReadonlySet<number>;
  /** Storages of all constants. */
  readonly storages: ReadonlySet<Storage>;
  /** Results of nodes that were computed here. */
  readonly computed: ReadonlyMap<string, Tensor>;
  /** The nodes left to run. */
  readonly nodes: readonly Node[];
  dispose(): void;
}

/** Turns uniform `fakeQuantize` into the kernel, with scale and zero point as constants. */
function lower(node: Node, constants: Map<string, Tensor>): Node {
  if (node.op !== 'fakeQuantize') return node;
  const { quantizer } = node.attributes;
  if (quantizer.scheme !== 'uniform') return node;
  const { scale, zeroPoint, options } = lowerQuantizer(quantizer);
  // Node and value names are strings from outside; NUL keeps these apart from all of them.
  const names = [`${node.name}\0scale`, `${node.name}\0zeroPoint`] as const;
  constants.set(names[0], scale);
  constants.set(names[1], zeroPoint);
  return {
    ...node,
    op: 'fakeQuantizeUniform',
    inputs: [node.inputs[0] as string, ...names],
    attributes: options,
  };
}

/** Uploads and freezes the constants, computes the nodes that depend on constants alone. */
export function prepare(graph: Graph): Prepared {
  const backend = getBackend();
  const source = new Map(graph.constants);
  const lowered = graph.nodes.map((node) => lower(node, source));
  const constants = new Map<string, Tensor>();
  const owned = new Set<Storage>();
  const load = (name: string): Tensor | undefined => {
    const known = constants.get(name);
    const given = source.get(name);
    if (known || !given) return known;
    const value = backend?.upload(given) ?? given;
    if (value.storage !== given.storage) owned.add(value.storage);
    constants.set(name, value);
    return value;
  };
  const free = (): void => {
    for (const storage of owned) storage.dispose();
  };

  const computed = new Map<string, Tensor>();
  const isConstant = (name: string): boolean =>
    name === '' || source.has(name) || computed.has(name);
  const nodes: Node[] = [];
  for (const node of lowered) {
    if (!node.inputs.every(isConstant)) {
      nodes.push(node);
      continue;
    }
    let results: readonly Tensor[];
    try {
      results = runNode(node, node.inputs.map(load));
    } catch {
      // It fails again, with its name, if a run needs it.
      nodes.push(node);
      continue;
    }
    for (const [i, value] of results.entries()) {
      const name = node.outputs[i] ?? '';
      if (!isView(node)) owned.add(value.storage);
      if (name === '') continue;
      computed.set(name, value);
      constants.set(name, value);
    }
  }

  // Only what the remaining nodes read stays uploaded; outputs may name any constant.
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const kept = new Set<Storage>([...computed.values()].map(({ storage }) => storage));
  for (const name of read) {
    const value = load(name);
    if (value) kept.add(value.storage);
  }
  for (const [name, value] of constants) {
    if (kept.has(value.storage)) continue;
    owned.delete(value.storage);
    if (value.storage !== source.get(name)?.storage) value.storage.dispose();
    constants.delete(name);
  }
  for (const name of read) {
    const value = constants.get(name);
    if (value) backend?.freeze?.(value);
  }
  for (const name of graph.constants.keys()) {
    if (!constants.has(name)) constants.set(name, graph.constants.get(name) as Tensor);
  }

  const slots = new Map<string, number>();
  const add = (name: string): void => {
    if (name !== '' && !slots.has(name)) slots.set(name, slots.size);
  };
  for (const { name } of graph.inputs) add(name);
  for (const name of constants.keys()) add(name);
  for (const node of nodes) node.outputs.forEach(add);
  const values: (Tensor | undefined)[] = new Array(slots.size).fill(undefined);
  const constantSlots = new Set<number>();
  for (const [name, value] of constants) {
    const slot = slots.get(name) as number;
    values[slot] = value;
    constantSlots.add(slot);
  }
  const storages = new Set([...constants.values()].map(({ storage }) => storage));
  return { slots, values, constantSlots, storages, computed, nodes, dispose: free };
}
