import { checkInputs, type Graph, type ValueInfo } from '@subbyte/graph';
import { type Arena, type Backend, getBackend } from '@subbyte/kernels';
import { heap, type Storage, type Tensor } from '@subbyte/tensor';
import type { KernelChoice } from './choose-kernels.ts';
import { RuntimeError, runtimeError } from './errors.ts';
import { planMemory } from './memory-plan.ts';
import type { Program } from './program.ts';
import { type Clock, numberSlots, type Places, type Recording, runProgram } from './run-program.ts';

/** One row of `Session.profile`: a step of the session. */
export interface ProfileRow {
  /** Name of the graph's node. */
  readonly layer: string;
  /** Kernel that computes it. */
  readonly kernel: string;
  /** Times it ran. */
  readonly runs: number;
  /** Mean time of one run; 0 before the first. */
  readonly milliseconds: number;
  /** Why a convolution or matrix product is not computed on codes, or a step not on the device. */
  readonly reason?: string | undefined;
  /** What computes it: `Session.backend`, or another where the device has no code for it. */
  readonly backend: string;
}

/** A compiled graph. */
export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** What computes it: `webgpu`, `webgl2`, … for a device, else the name of the backend in use, or `reference`. */
  readonly backend: string;
  /** Why the device that was asked for is not used; `undefined` when it is, or none was. */
  readonly fallbackReason: string | undefined;
  /**
   * Computes the outputs, on the JavaScript heap, from inputs in any memory; on a device one run after the other. Memory is planned at the first run and
   * for every other set of input shapes: runs like the one before allocate nothing in the backend.
   * @throws RuntimeError for inputs that do not fit the graph, and for a layer that fails (out of memory, for
   * example). The session can go on after any of them.
   */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
  /**
   * Steps in order with the time each took, the first run of every set of input shapes left out.
   * @throws RuntimeError unless the session was compiled with a clock.
   */
  profile(): readonly ProfileRow[];
  /** How each layer on codes is computed, and what was measured to choose it. */
  readonly kernels: readonly KernelChoice[];
  /** Bytes of the arena that intermediate values share; 0 before the first run. */
  readonly arenaBytes: number;
  /** Gives back weights and arena. Calling it again does nothing. */
  release(): Promise<void>;
}

/** Memory for runs with inputs of certain shapes. */
interface Planned {
  readonly key: string;
  /** `undefined` where the backend has none. */
  readonly arena?: Arena | undefined;
  readonly places?: Places | undefined;
}

function planOf(backend: Backend | undefined, recording: Recording, key: string): Planned {
  if (!backend?.arena || !backend.into) return { key };
  const used = [...recording.inputs, ...recording.steps].filter((life) => life >= 0);
  const lifetimes = used.map((life) => recording.lifetimes[life] as Recording['lifetimes'][0]);
  const plan = planMemory(lifetimes);
  const arena = backend.arena(plan.bytes);
  const storages = new Map<number, Storage>(
    used.map((life, i) => [
      life,
      arena.place(plan.offsets[i] as number, (lifetimes[i] as { bytes: number }).bytes),
    ]),
  );
  const places = {
    inputs: recording.inputs.map((life) => storages.get(life)),
    steps: recording.steps.map((life) => storages.get(life)),
  };
  return { key, arena, places };
}

/** A session that runs `program`, made from `graph`, on the backend in use, for `fallbackReason` if there is one. */
export function createSession(
  graph: Graph,
  program: Program,
  clock: Clock | undefined,
  fallbackReason?: string,
): Session {
  const backend = getBackend();
  const name = backend?.name ?? 'reference';
  const numbered = numberSlots(
    program,
    graph.inputs.map(({ name }) => `value:${name}`),
  );
  const constants = new Array<Tensor | undefined>(numbered.slots).fill(undefined);
  const owned: Storage[] = [];
  for (const [slot, tensor] of numbered.constants) {
    const value = backend?.upload(tensor) ?? tensor;
    if (value.storage !== tensor.storage) owned.push(value.storage);
    backend?.freeze?.(value);
    constants[slot] = value;
  }
  const runs = new Array<number>(numbered.steps.length).fill(0);
  const times = new Array<number>(numbered.steps.length).fill(0);
  let planned: Planned | undefined;
  let released = false;

  const timed = (index: number, work: () => readonly Tensor[]): readonly Tensor[] => {
    if (!clock) return work();
    const start = clock();
    const results = work();
    times[index] = (times[index] as number) + clock() - start;
    runs[index] = (runs[index] as number) + 1;
    return results;
  };

  const forget = (): void => {
    planned?.arena?.dispose();
    planned = undefined;
  };

  const runNow = (inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> => {
    if (released) throw new RuntimeError('the session was released');
    if (getBackend() !== backend) {
      throw new RuntimeError('another backend is in use than when the graph was compiled');
    }
    try {
      checkInputs(graph.inputs, inputs);
    } catch (cause) {
      throw runtimeError('inputs', cause);
    }
    const given = graph.inputs.map(({ name }) => inputs[name] as Tensor);
    // Inputs that live in the backend already need no place.
    const key = given.map(({ shape, storage }) => `${shape}${storage.owner === heap}`).join(';');
    if (planned?.key === key) {
      return runProgram(numbered, constants, given, backend, planned.places, timed).outputs;
    }
    forget();
    const { outputs, recording } = runProgram(
      ...[numbered, constants, given, backend, undefined],
      (_, work) => work(),
    );
    planned = planOf(backend, recording, key);
    return outputs;
  };

  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    inputNames: graph.inputs.map(({ name }) => name),
    outputNames: graph.outputs.map((output) => output.name),
    ...{ backend: name, fallbackReason },
    run: async (inputs) => runNow(inputs),
    profile: () => {
      if (!clock) {
        throw new RuntimeError('no clock: compile with { clock: () => performance.now() }');
      }
      return numbered.steps.map(({ step: { layer, kernel } }, i) => ({
        ...{ layer, kernel, runs: runs[i] as number },
        milliseconds: runs[i] ? (times[i] as number) / (runs[i] as number) : 0,
        reason: program.floatLayers.get(layer),
        backend: name,
      }));
    },
    kernels: program.kernels,
    get arenaBytes() {
      return planned?.arena?.byteLength ?? 0;
    },
    release: async () => {
      if (released) return;
      released = true;
      forget();
      for (const storage of owned) storage.dispose();
    },
  };
}
