// A session on a device: each step is tried there; what the device refuses runs on the backend in use, with its operands
// downloaded, and says why.

import { checkInputs, type Graph } from '@subbyte/graph';
import { type Device, getBackend, isDeviceRefusal, setBackend } from '@subbyte/kernels';
import { heap, type ScopeResult, type Storage, scope, type Tensor, toHeap } from '@subbyte/tensor';
import { RuntimeError, runtimeError } from './errors.ts';
import type { Program, Step } from './program.ts';
import { type Clock, numberSlots } from './run-program.ts';
import type { ProfileRow, Session } from './session.ts';

type Values = readonly (Tensor | undefined)[];

/** Runs `work`, which must be synchronous, with all kernels on `device`; frees what it makes and does not return. */
function onDevice(device: Device, work: () => readonly Tensor[]): readonly Tensor[] {
  const before = getBackend();
  setBackend(device);
  try {
    return scope(work as () => ScopeResult) as readonly Tensor[];
  } finally {
    setBackend(before);
  }
}

/** A session that runs `program`, made from `graph`, on `device`, which it owns. */
export function createDeviceSession(
  graph: Graph,
  program: Program,
  device: Device,
  clock: Clock | undefined,
): Session {
  const numbered = numberSlots(
    program,
    graph.inputs.map(({ name }) => `value:${name}`),
  );
  const constants = new Array<Tensor | undefined>(numbered.slots).fill(undefined);
  const codes = new Map(
    [...program.weightCodes].map(([slot, weights]) => [program.constants.get(slot), weights]),
  );
  for (const [slot, tensor] of numbered.constants) {
    device.freeze(tensor, codes.get(tensor));
    constants[slot] = tensor;
  }
  const runs = new Array<number>(numbered.steps.length).fill(0);
  const times = new Array<number>(numbered.steps.length).fill(0);
  /** Why a step runs elsewhere, once it was refused for inputs of the shapes in `key`. */
  let refusals = new Map<number, string>();
  let key = '';
  let released = false;
  let tail: Promise<unknown> = Promise.resolve();

  /** Copies of tensors where JavaScript, and the backend in use, can read them. */
  const toHost = (values: Values): Promise<Values> =>
    Promise.all(
      values.map((value) =>
        value && value.storage.owner === owner ? device.download(value) : value,
      ),
    );
  const probe = device.zeros([1], 'float32');
  const { owner } = probe.storage;
  probe.storage.dispose();

  const elsewhere = async (step: Step, operands: Values): Promise<readonly Tensor[]> => {
    const results = step.compute(await toHost(operands));
    return results.map((result) => {
      if (result.storage.owner === heap) return result;
      const copy = toHeap(result);
      result.storage.dispose();
      return copy;
    });
  };

  const compute = async (index: number, step: Step, operands: Values) => {
    if (!refusals.has(index)) {
      try {
        return onDevice(device, () => step.compute(operands));
      } catch (cause) {
        if (!isDeviceRefusal(cause)) throw cause;
        refusals.set(index, cause.message);
      }
    }
    return elsewhere(step, operands);
  };

  const runAll = async (given: readonly Tensor[]): Promise<Record<string, Tensor>> => {
    const values: (Tensor | undefined)[] = [...constants];
    /** Slots that look at each storage that this run made. */
    const holders = new Map<Storage, number>();
    const borrowed = new Set<Storage>(
      [...constants, ...given].flatMap((value) => (value ? [value.storage] : [])),
    );
    const hold = (slot: number, value: Tensor): void => {
      values[slot] = value;
      if (borrowed.has(value.storage)) return;
      holders.set(value.storage, (holders.get(value.storage) ?? 0) + 1);
    };
    const release = (slot: number): void => {
      const storage = values[slot]?.storage;
      values[slot] = undefined;
      if (!storage || borrowed.has(storage)) return;
      const left = (holders.get(storage) as number) - 1;
      holders.set(storage, left);
      if (left === 0) storage.dispose();
    };
    try {
      for (const [i, slot] of numbered.inputs.entries()) {
        const input = given[i] as Tensor;
        hold(slot, input.dtype === 'float32' ? uploaded(input) : input);
      }
      for (const [i, { step, inputs, outputs, release: dead }] of numbered.steps.entries()) {
        const operands = inputs.map((slot) => (slot < 0 ? undefined : values[slot]));
        const start = clock?.();
        let results: readonly Tensor[];
        try {
          results = await compute(i, step, operands);
        } catch (cause) {
          throw runtimeError(`layer "${step.layer}", ${step.kernel}`, cause);
        }
        if (clock && start !== undefined) {
          times[i] = (times[i] as number) + clock() - start;
          runs[i] = (runs[i] as number) + 1;
        }
        for (const [k, result] of results.entries()) {
          const slot = outputs[k] ?? -1;
          if (slot < 0) result.storage.dispose();
          else hold(slot, result);
        }
        for (const slot of dead) release(slot);
      }
      const outputs = await Promise.all(
        numbered.outputs.map(async ([name, slot]) => {
          const [value] = await toHost([values[slot]]);
          const result = value as Tensor;
          return [name, result === values[slot] ? toHeap(result) : result] as const;
        }),
      );
      return Object.fromEntries(outputs);
    } catch (cause) {
      throw cause instanceof RuntimeError ? cause : runtimeError(device.name, cause);
    } finally {
      for (let slot = 0; slot < values.length; slot++) if (values[slot]) release(slot);
    }
  };

  /** The input on the device, or as it is where the device does not take it. */
  const uploaded = (input: Tensor): Tensor => {
    try {
      return device.upload(input);
    } catch (cause) {
      if (isDeviceRefusal(cause)) return input;
      throw cause;
    }
  };

  const run = async (inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> => {
    if (released) throw new RuntimeError('the session was released');
    try {
      checkInputs(graph.inputs, inputs);
    } catch (cause) {
      throw runtimeError('inputs', cause);
    }
    const given = graph.inputs.map(({ name }) => inputs[name] as Tensor);
    const shapes = given.map(({ shape }) => `${shape}`).join(';');
    if (shapes !== key) refusals = new Map();
    key = shapes;
    return runAll(given);
  };

  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    inputNames: graph.inputs.map(({ name }) => name),
    outputNames: graph.outputs.map(({ name }) => name),
    backend: device.name,
    fallbackReason: undefined,
    run: (inputs) => {
      const result = tail.then(() => run(inputs));
      tail = result.catch(() => undefined);
      return result;
    },
    profile: (): readonly ProfileRow[] => {
      if (!clock) {
        throw new RuntimeError('no clock: compile with { clock: () => performance.now() }');
      }
      const host = getBackend()?.name ?? 'reference';
      return numbered.steps.map(({ step: { layer, kernel } }, i) => ({
        ...{ layer, kernel, runs: runs[i] as number },
        milliseconds: runs[i] ? (times[i] as number) / (runs[i] as number) : 0,
        reason: refusals.get(i) ?? program.floatLayers.get(layer),
        backend: refusals.has(i) ? host : device.name,
      }));
    },
    kernels: program.kernels,
    arenaBytes: 0,
    release: async () => {
      if (released) return;
      released = true;
      await tail;
      await device.dispose();
    },
  };
}
