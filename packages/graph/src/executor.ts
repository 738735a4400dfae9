import { getBackend } from '@subbyte/kernels';
import { type Storage, type Tensor, toHeap } from '@subbyte/tensor';
import { checkGraph } from './check-graph.ts';
import { checkInputs } from './check-inputs.ts';
import { GraphError, nodeError } from './errors.ts';
import { runNode } from './operations/index.ts';
import { makePlan, type Plan } from './plan.ts';
import { prepare } from './prepare.ts';
import type { Graph, Node } from './types.ts';

/** Options of one run. */
export interface RunOptions {
  /** Values to return, intermediate ones too; default: the graph's outputs. */
  readonly outputs?: readonly string[] | undefined;
  /**
   * Sees every value that is computed, in order, before it is released. Do not keep the tensor
   * beyond the call: copy it (`toHeap`).
   */
  readonly onValue?: ((name: string, value: Tensor) => void) | undefined;
  /** Checked between nodes. */
  readonly signal?: AbortSignal | undefined;
}

/** A graph ready to run, its constants in the backend's memory. */
export interface Executor {
  readonly graph: Graph;
  /**
   * Computes the outputs, which belong to the caller (dispose them when they live in a backend).
   * @throws GraphError for inputs that do not fit and, with `cause`, for a node that fails; the
   * signal's reason when it was aborted.
   */
  run(inputs: Readonly<Record<string, Tensor>>, options?: RunOptions): Record<string, Tensor>;
  /** Releases the constants. Calling it again does nothing. */
  dispose(): void;
}

/** A copy that belongs to whoever gets it, in the backend's memory. */
function copy(value: Tensor): Tensor {
  const heapCopy = toHeap(value);
  return getBackend()?.upload(heapCopy) ?? heapCopy;
}

function compute(node: Node, operands: readonly (Tensor | undefined)[]): readonly Tensor[] {
  try {
    return runNode(node, operands);
  } catch (cause) {
    throw nodeError(node, cause);
  }
}

/**
 * Prepares a graph: constants go to the backend in use and are frozen, and what depends on
 * constants alone (quantized weights, say) is computed now, once.
 * @throws GraphError when the graph is malformed (`checkGraph`).
 */
export function createExecutor(graph: Graph): Executor {
  checkGraph(graph);
  const prepared = prepare(graph);
  const plans = new Map<string, Plan>();
  const defaultOutputs = graph.outputs.map(({ name }) => name);
  let disposed = false;

  const planFor = (outputs: readonly string[]): Plan => {
    const key = outputs === defaultOutputs ? '' : JSON.stringify(outputs);
    const known = plans.get(key);
    if (known) return known;
    const unknown = outputs.find((name) => !prepared.slots.has(name));
    if (unknown !== undefined) throw new GraphError(`no value is named "${unknown}"`);
    const slotOf = (name: string): number => prepared.slots.get(name) as number;
    const plan = makePlan(prepared.nodes, slotOf, prepared.constantSlots, outputs.map(slotOf));
    plans.set(key, plan);
    return plan;
  };

  const run: Executor['run'] = (inputs, options = {}) => {
    if (disposed) throw new GraphError('the executor was disposed');
    const names = options.outputs ? [...new Set(options.outputs)] : defaultOutputs;
    const { onValue, signal } = options;
    const plan = planFor(names);
    checkInputs(graph.inputs, inputs);
    const backend = getBackend();
    const values: (Tensor | undefined)[] = [...prepared.values];
    /** Storages that are the caller's; like the constants' they are not for this run to dispose. */
    const given = new Set<Storage>();
    const isBorrowed = ({ storage }: Tensor): boolean =>
      given.has(storage) || prepared.storages.has(storage);
    for (const [slot, { name }] of graph.inputs.entries()) {
      const input = inputs[name] as Tensor;
      given.add(input.storage);
      values[slot] = (plan.reads.has(slot) && backend?.upload(input)) || input;
    }
    const release = (slot: number): void => {
      const value = values[slot];
      if (value && !isBorrowed(value) && !value.storage.disposed) value.storage.dispose();
      values[slot] = undefined;
    };
    try {
      if (onValue) for (const [name, value] of prepared.computed) onValue(name, value);
      for (const step of plan.steps) {
        signal?.throwIfAborted();
        const operands = step.inputs.map((slot) => (slot < 0 ? undefined : values[slot]));
        const results = compute(step.node, operands);
        for (let i = 0; i < results.length; i++) {
          const slot = step.outputs[i] ?? -1;
          const value = results[i] as Tensor;
          if (slot < 0) value.storage.dispose();
          else values[slot] = value;
        }
        if (onValue) {
          for (const [i, value] of results.entries()) {
            if (step.node.outputs[i]) onValue(step.node.outputs[i] as string, value);
          }
        }
        for (const slot of step.release) release(slot);
      }
    } catch (cause) {
      for (let slot = 0; slot < values.length; slot++) release(slot);
      throw cause;
    }
    const result: Record<string, Tensor> = {};
    for (let i = 0; i < names.length; i++) {
      const value = values[plan.outputs[i] as number] as Tensor;
      const own = isBorrowed(value) ? copy(value) : value;
      // A second output that looks at the same storage gets its own.
      given.add(own.storage);
      Object.defineProperty(result, names[i] as string, {
        value: own,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return result;
  };

  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    prepared.dispose();
  };
  return { graph, run, dispose };
}
