import { isView } from './operations/index.ts';
import type { Node } from './types.ts';

/** One node of a plan; values are slots, indices into an array of tensors. */
interface Step {
  readonly node: Node;
  /** Slots of the operands, -1 where one is absent. */
  readonly inputs: readonly number[];
  /** Slots of the results, -1 where one has no name. */
  readonly outputs: readonly number[];
  /** Slots that nothing reads after this step and whose storage nothing shares any more. */
  readonly release: readonly number[];
}

/** What to run, in which order, and when each value dies. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly outputs: readonly number[];
  /** Slots that the steps read. */
  readonly reads: ReadonlySet<number>;
}

/**
 * Plans the nodes that `outputs` need. Several slots may share a storage (views): it is released
 * once, after the last reader of any of them. Storages of `kept` slots and of outputs never are.
 */
export function makePlan(
  nodes: readonly Node[],
  slotOf: (value: string) => number,
  kept: ReadonlySet<number>,
  outputs: readonly number[],
): Plan {
  const needed = new Set(outputs);
  const steps: { node: Node; inputs: number[]; outputs: number[]; release: number[] }[] = [];
  for (const node of nodes.toReversed()) {
    const results = node.outputs.map((name) => (name === '' ? -1 : slotOf(name)));
    if (!results.some((slot) => needed.has(slot))) continue;
    const operands = node.inputs.map((name) => (name === '' ? -1 : slotOf(name)));
    for (const slot of operands) needed.add(slot);
    steps.push({ node, inputs: operands, outputs: results, release: [] });
  }
  steps.reverse();

  // The slot that made the storage stands for all views of it.
  const origin = new Map<number, number>();
  const originOf = (slot: number): number => origin.get(slot) ?? slot;
  const lastStep = new Map<number, number>();
  for (const [index, step] of steps.entries()) {
    for (const slot of step.inputs) if (slot >= 0) lastStep.set(originOf(slot), index);
    for (const slot of step.outputs) {
      if (slot < 0) continue;
      if (isView(step.node)) origin.set(slot, originOf(step.inputs[0] as number));
      lastStep.set(originOf(slot), index);
    }
  }
  const protectedSlots = new Set([...kept, ...outputs].map(originOf));
  for (const [slot, index] of lastStep) {
    if (!protectedSlots.has(slot)) steps[index]?.release.push(slot);
  }
  const reads = new Set(steps.flatMap((step) => step.inputs));
  return { steps, outputs, reads };
}
