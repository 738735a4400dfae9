import type { Backend } from '@subbyte/kernels';
import { heap, type Storage, type Tensor, toHeap } from '@subbyte/tensor';
import { runtimeError } from './errors.ts';
import type { Lifetime } from './memory-plan.ts';
import type { Program, Step } from './program.ts';

/** A program with its slots numbered. */
export interface Numbered {
  readonly steps: readonly {
    readonly step: Step;
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
    /** Slots that nothing reads any more. */
    readonly release: readonly number[];
  }[];
  readonly inputs: readonly number[];
  readonly constants: readonly (readonly [slot: number, tensor: Tensor])[];
  readonly outputs: readonly (readonly [name: string, slot: number])[];
  readonly slots: number;
}

/** Numbers the slots of `program` and says when each dies; `inputs` are the slots fed. */
export function numberSlots(program: Program, inputs: readonly string[]): Numbered {
  const numbers = new Map<string, number>();
  const numberOf = (slot: string): number => {
    if (slot === '') return -1;
    const known = numbers.get(slot) ?? numbers.size;
    numbers.set(slot, known);
    return known;
  };
  const fed = inputs.map(numberOf);
  const constants = [...program.constants].map(
    ([slot, tensor]) => [numberOf(slot), tensor] as const,
  );
  const steps = program.steps.map((step) => ({
    step,
    inputs: step.inputs.map(numberOf),
    outputs: step.outputs.map(numberOf),
    release: [] as number[],
  }));
  const outputs = program.outputs.map(([name, slot]) => [name, numberOf(slot)] as const);
  const lasting = new Set([...outputs, ...constants].map((entry) => entry.find(Number.isInteger)));
  const last = new Map<number, number>();
  for (const [i, step] of steps.entries()) {
    for (const slot of [...step.inputs, ...step.outputs]) if (slot >= 0) last.set(slot, i);
  }
  for (const [slot, i] of last) if (!lasting.has(slot)) steps[i]?.release.push(slot);
  return { steps, inputs: fed, constants, outputs, slots: numbers.size };
}

/** Memory of one run: what lives where. */
export interface Places {
  /** Where the input with this index goes, if it must be copied. */
  readonly inputs: readonly (Storage | undefined)[];
  /** Where the first result of each step goes. */
  readonly steps: readonly (Storage | undefined)[];
}

/** What a run found out about its memory. */
export interface Recording {
  readonly lifetimes: readonly Lifetime[];
  /** Index of the lifetime of each input and step; -1: it needs none. */
  readonly inputs: readonly number[];
  readonly steps: readonly number[];
}

/** Milliseconds from anywhere. */
export type Clock = () => number;

/**
 * Runs `program` on `inputs`. Results go to `places`, or to fresh memory; outputs are copied to the JavaScript
 * heap.
 * @throws RuntimeError that names the layer at fault.
 */
export function runProgram(
  program: Numbered,
  constants: readonly (Tensor | undefined)[],
  inputs: readonly Tensor[],
  backend: Backend | undefined,
  places: Places | undefined,
  onStep: (index: number, run: () => readonly Tensor[]) => readonly Tensor[],
): { readonly outputs: Record<string, Tensor>; readonly recording: Recording } {
  const values: (Tensor | undefined)[] = [...constants];
  /** Slots that look at each storage of this run. */
  const holders = new Map<Storage, number>();
  const borrowed = new Set<Storage>(
    [...constants, ...inputs].flatMap((value) => (value ? [value.storage] : [])),
  );
  const lifetimes: { bytes: number; first: number; last: number }[] = [];
  const lifeOf = new Map<Storage, number>();

  /** Puts a value in its slot; gives the index of its lifetime when its memory is new. */
  const hold = (slot: number, value: Tensor, at: number): number => {
    values[slot] = value;
    const { storage } = value;
    if (borrowed.has(storage)) return -1;
    const before = holders.get(storage) ?? 0;
    holders.set(storage, before + 1);
    if (before > 0) return -1;
    const end = program.steps.length;
    lifeOf.set(storage, lifetimes.push({ bytes: storage.byteLength, first: at, last: end }) - 1);
    return storage.owner === heap ? -1 : lifetimes.length - 1;
  };
  const release = (slot: number, at: number): void => {
    const storage = values[slot]?.storage;
    values[slot] = undefined;
    if (!storage || borrowed.has(storage)) return;
    const left = (holders.get(storage) as number) - 1;
    holders.set(storage, left);
    if (left > 0) return;
    const life = lifetimes[lifeOf.get(storage) as number];
    if (life) life.last = at;
    storage.dispose();
  };
  const into = <Result>(place: Storage | undefined, work: () => Result): Result =>
    place && backend?.into ? backend.into(place, work) : work();

  const lives = { inputs: [] as number[], steps: [] as number[] };
  try {
    for (const [i, slot] of program.inputs.entries()) {
      const input = inputs[i] as Tensor;
      const value = into(places?.inputs[i], () => backend?.upload(input) ?? input);
      lives.inputs.push(hold(slot, value, -1));
    }
    for (const [i, { step, inputs: from, outputs: to, release: dead }] of program.steps.entries()) {
      const operands = from.map((slot) => (slot < 0 ? undefined : values[slot]));
      let results: readonly Tensor[];
      try {
        results = onStep(i, () => into(places?.steps[i], () => step.compute(operands)));
      } catch (cause) {
        throw runtimeError(`layer "${step.layer}", ${step.kernel}`, cause);
      }
      let life = -1;
      for (const [k, result] of results.entries()) {
        const slot = to[k] ?? -1;
        if (slot < 0) result.storage.dispose();
        else life = hold(slot, result, i);
      }
      lives.steps.push(results.length === 1 ? life : -1);
      for (const slot of dead) release(slot, i);
    }
    const outputs: Record<string, Tensor> = {};
    for (const [name, slot] of program.outputs) {
      Object.defineProperty(outputs, name, {
        value: toHeap(values[slot] as Tensor),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return { outputs, recording: { lifetimes, ...lives } };
  } finally {
    const end = program.steps.length;
    for (let slot = 0; slot < values.length; slot++) if (values[slot]) release(slot, end);
  }
}
