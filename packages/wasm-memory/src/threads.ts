import { WorkerError } from './errors.ts';
import { createRecorder, inTurn, type Work } from './recorder.ts';
import { type StartedWorker, startWorker } from './start-worker.ts';
import {
  commandLength,
  mostParts,
  mostText,
  parts as partPlaces,
  control as places,
  states,
  wakeful,
} from './worker.ts';

/** Threads that share the linear memory. */
export interface Threads<Functions> {
  /** Number of threads, the calling one included. */
  readonly count: number;
  /**
   * Runs all of `parts` and waits for them. The calling thread does the first one; of the others every
   * thread takes the next as soon as it has done one, so that a slow thread does fewer.
   * @param kernel whose parts they are.
   * @throws WorkerError when a worker fails, ends or hangs in the middle of its part.
   */
  run(kernel: string, parts: readonly Work<Functions>[]): void;
  /** Ends the workers; everything runs on the calling thread from then on. */
  close(): void;
}

interface Member {
  readonly control: Int32Array;
  readonly worker: StartedWorker;
}

/** Milliseconds without any progress after which a worker counts as lost, at least. */
const leastPatience = 30_000;

/** How many times longer than the calling thread a worker may take for one call of its part. */
const slowness = 20;

/** Milliseconds between looks at the progress of a worker. */
const slice = 500;

/** Whether this thread may sleep: the main thread of a page may not. */
function maySleep(control: Int32Array): boolean {
  try {
    // Does not wait: the place holds 0.
    Atomics.wait(control, places.unused, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits until the worker has ended its task: awake for a while, then asleep where allowed. No event
 * reaches a thread that waits, so a worker that is gone shows only by standing still.
 * @returns false when it made no progress for `patience` milliseconds; it is abandoned then.
 */
function waitFor(control: Int32Array, patience: number): boolean {
  const state = (): number => Atomics.load(control, places.state);
  const sleepAt = performance.now() + wakeful;
  do {
    for (let i = 0; i < 500; i++) if (state() !== states.taken) return true;
  } while (performance.now() < sleepAt);
  const sleeps = maySleep(control);
  let [seen, silent, last] = [Atomics.load(control, places.progress), 0, performance.now()];
  while (state() === states.taken) {
    if (sleeps) Atomics.wait(control, places.state, states.taken, slice);
    else for (let i = 0; i < 10_000 && state() === states.taken; i++);
    const now = performance.now();
    // A machine that was suspended must not look like a worker that stood still.
    silent += Math.min(now - last, 2 * slice);
    last = now;
    const progress = Atomics.load(control, places.progress);
    if (progress !== seen) [seen, silent] = [progress, 0];
    if (silent <= patience) continue;
    const { state: place } = places;
    const found = Atomics.compareExchange(control, place, states.taken, states.abandoned);
    return found !== states.taken;
  }
  return true;
}

/** The text of the error that ended a worker's task, if one did. */
function failureOf({ control }: Member): string | undefined {
  if (Atomics.load(control, places.state) !== states.failed) return undefined;
  const { text, textLength } = places;
  return String.fromCodePoint(...control.subarray(text, text + (control[textLength] as number)));
}

/** One thread: the parts one after the other. */
export function oneThread<Functions>(wasm: Functions): Threads<Functions> {
  return {
    count: 1,
    run: (_, parts) => {
      for (const part of parts) part(wasm, inTurn);
    },
    close: () => undefined,
  };
}

/**
 * Starts `count - 1` workers on a shared memory; fewer where they cannot be started.
 * @param wasm the functions that `modules` export, of the calling thread.
 * @param direct functions that compute nothing, whose answers works need at once.
 * @param patience milliseconds without progress after which a worker counts as lost.
 */
export async function startThreads<Functions extends object>(
  wasm: Functions,
  modules: readonly WebAssembly.Module[],
  memory: WebAssembly.Memory,
  count: number,
  direct: readonly (keyof Functions & string)[],
  patience: number = leastPatience,
): Promise<Threads<Functions>> {
  const names = modules
    .flatMap((module) => WebAssembly.Module.exports(module))
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
  const commands = new Float64Array(new SharedArrayBuffer(commandLength * 8));
  const task = new Int32Array(new SharedArrayBuffer((partPlaces.starts + mostParts + 1) * 4));
  const starting = Array.from({ length: count - 1 }, (): Member => {
    const control = new Int32Array(new SharedArrayBuffer((places.text + mostText) * 4));
    return { control, worker: startWorker({ modules, memory, names, control, task, commands }) };
  });
  const answers = await Promise.all(starting.map(({ worker }) => worker.ready));
  let team = starting.filter(({ worker }, i) => {
    if (!answers[i]) worker.end();
    return answers[i];
  });
  const recorder = createRecorder(wasm, names, direct);

  /** Writes the commands of as many parts as there is room for, and says how many. */
  const record = (works: readonly Work<Functions>[]): number => {
    let end = 0;
    let recorded = 0;
    for (const work of works.slice(0, mostParts)) {
      task[partPlaces.starts + recorded] = end;
      const next = recorder.record(work, commands, end);
      if (next === undefined) break;
      end = next;
      recorded += 1;
    }
    task[partPlaces.starts + recorded] = end;
    task[partPlaces.count] = recorded;
    Atomics.store(task, partPlaces.next, 0);
    return recorded;
  };

  const offer = ({ control }: Member): void => {
    Atomics.store(control, places.state, states.offered);
    Atomics.notify(control, places.state);
  };

  /** Takes back what a worker has not taken; also what one that is gone never will. */
  const withdraw = ({ control }: Member): boolean =>
    Atomics.compareExchange(control, places.state, states.offered, states.idle) === states.offered;

  const settle = (kernel: string, members: readonly Member[], limit: number): void => {
    const lost = members.filter(({ control }) => !waitFor(control, limit));
    for (const { worker } of lost) worker.end();
    team = team.filter((member) => !lost.includes(member));
    if (lost.length > 0) {
      throw new WorkerError(
        `${kernel}: a worker ended or hung in the middle of its part (no progress for ${Math.ceil(limit / 1000)} s); the result is lost, ${team.length + 1} of ${count} threads go on`,
      );
    }
    const failure = members.map(failureOf).find((text) => text !== undefined);
    if (failure !== undefined) {
      throw new WorkerError(`${kernel}: a worker failed: ${failure}; the result is lost`);
    }
  };

  return {
    get count() {
      return team.length + 1;
    },
    run: (kernel, [first, ...others]) => {
      team = team.filter(({ worker }) => !worker.hasEnded);
      const recorded = team.length > 0 ? record(others) : 0;
      const members = team.slice(0, recorded);
      const start = performance.now();
      for (const member of members) offer(member);
      try {
        first?.(wasm, inTurn);
        for (const work of others.slice(recorded)) work(wasm, inTurn);
        for (;;) {
          const part = Atomics.add(task, partPlaces.next, 1);
          if (part >= recorded) break;
          others[part]?.(wasm, inTurn);
        }
      } finally {
        // Also when a part throws: what the others work on is about to be released.
        Atomics.store(task, partPlaces.next, recorded);
        const taken = members.filter((member) => !withdraw(member));
        settle(kernel, taken, Math.max(patience, slowness * (performance.now() - start)));
      }
    },
    close: () => {
      for (const { worker } of team) worker.end();
      team = [];
    },
  };
}
