import { WorkerError } from './errors.ts';
import type { WasmFunctions } from './functions.ts';
import { createRecorder, type Work } from './recorder.ts';
import { type StartedWorker, startWorker } from './start-worker.ts';
import { commandLength, control as places, states } from './worker.ts';

/** Threads that share the linear memory. */
export interface Threads {
  /** Number of threads, the calling one included. */
  readonly count: number;
  /**
   * Runs all of `parts`, at most `count`, at the same time, and waits for them.
   * @param kernel whose parts they are.
   * @throws WorkerError when a worker fails, ends or hangs in the middle of its part.
   */
  run(kernel: string, parts: readonly Work[]): void;
  /** Ends the workers; everything runs on the calling thread from then on. */
  close(): void;
}

interface Member {
  readonly control: Int32Array;
  readonly commands: Float64Array;
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
  for (let i = 0; i < 10_000; i++) if (state() !== states.taken) return true;
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
function failureOf({ control, commands }: Member): string | undefined {
  if (Atomics.load(control, places.state) !== states.failed) return undefined;
  return String.fromCodePoint(...commands.subarray(0, control[places.length]));
}

/** One thread: the parts one after the other. */
export function oneThread(wasm: WasmFunctions): Threads {
  return {
    count: 1,
    run: (_, parts) => {
      for (const part of parts) part(wasm);
    },
    close: () => undefined,
  };
}

/**
 * Starts `count - 1` workers on a shared memory; fewer where they cannot be started.
 * @param patience milliseconds without progress after which a worker counts as lost.
 */
export async function startThreads(
  wasm: WasmFunctions,
  modules: readonly WebAssembly.Module[],
  memory: WebAssembly.Memory,
  count: number,
  patience: number = leastPatience,
): Promise<Threads> {
  const names = modules
    .flatMap((module) => WebAssembly.Module.exports(module))
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
  const starting = Array.from({ length: count - 1 }, (): Member => {
    const control = new Int32Array(new SharedArrayBuffer(16));
    const commands = new Float64Array(new SharedArrayBuffer(commandLength * 8));
    return {
      control,
      commands,
      worker: startWorker({ modules, memory, names, control, commands }),
    };
  });
  const answers = await Promise.all(starting.map(({ worker }) => worker.ready));
  let team = starting.filter(({ worker }, i) => {
    if (!answers[i]) worker.end();
    return answers[i];
  });
  const recorder = createRecorder(wasm, names);

  /** Offers `work` to a worker; false when it does not fit. */
  const offer = ({ control, commands }: Member, work: Work): boolean => {
    const length = recorder.record(work, commands);
    if (length === undefined) return false;
    control[places.length] = length;
    control[places.progress] = 0;
    Atomics.store(control, places.state, states.offered);
    Atomics.notify(control, places.state);
    return true;
  };

  /** Takes back what nobody has taken; also what a worker that is gone never will. */
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
      const left: Work[] = first ? [first] : [];
      const offered: [Member, Work][] = [];
      const start = performance.now();
      const taken: Member[] = [];
      try {
        for (const [i, work] of others.entries()) {
          const member = team[i];
          if (member && offer(member, work)) offered.push([member, work]);
          else left.push(work);
        }
        for (const work of left) work(wasm);
        for (const [member, work] of offered) {
          if (withdraw(member)) work(wasm);
          else taken.push(member);
        }
      } finally {
        // Also when a part throws: what the others work on is about to be released.
        for (const [member] of offered) if (!taken.includes(member)) withdraw(member);
        const limit = Math.max(patience, Math.round(slowness * (performance.now() - start)));
        settle(
          kernel,
          offered.map(([member]) => member),
          limit,
        );
      }
    },
    close: () => {
      for (const { worker } of team) worker.end();
      team = [];
    },
  };
}
