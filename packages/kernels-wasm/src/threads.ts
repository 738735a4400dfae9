import { WasmError } from './errors.ts';
import type { WasmFunctions } from './functions.ts';
import { commandLength, control as places, type WorkerStart, workerSource } from './worker.ts';

/** Calls functions of the module. */
type Work = (wasm: WasmFunctions) => void;

/** Threads that share the linear memory. */
export interface Threads {
  /** Number of threads, the calling one included. */
  readonly count: number;
  /** Runs all of `parts`, at most `count`, at the same time, and waits for them. */
  run(parts: readonly Work[]): void;
  /** Ends the workers; everything runs on the calling thread from then on. */
  close(): void;
}

/** The part of a Web Worker or a Node worker that is used here. */
interface Started {
  readonly ready: Promise<boolean>;
  end(): void;
}

interface Team {
  readonly control: Int32Array;
  readonly commands: Float64Array;
  readonly started: Started;
}

/** The parts of `node:worker_threads` that are used here. */
interface NodeWorkers {
  readonly Worker: new (
    source: string,
    options: { readonly eval: true; readonly workerData: WorkerStart },
  ) => {
    once(event: string, listener: () => void): void;
    unref(): void;
    terminate(): unknown;
  };
}

interface NodeProcess {
  getBuiltinModule?(name: 'node:worker_threads'): NodeWorkers;
}

/** Milliseconds after which a worker that has not answered is given up. */
const patience = 10_000;

/** Whether one of the listeners that `listen` installs is called with `true` in time. */
function answer(listen: (settle: (answer: boolean) => () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    // Also keeps Node awake, which does not wait for workers that may be left behind.
    const timer = setTimeout(() => resolve(false), patience);
    listen((value) => () => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/** Starts a worker, in Node or in a browser. @throws Error where the page forbids it. */
function start(data: WorkerStart): Started {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const node = process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    const worker = new node.Worker(workerSource, { eval: true, workerData: data });
    worker.unref();
    const ready = answer((settle) => {
      worker.once('message', settle(true));
      worker.once('error', settle(false));
    });
    return { ready, end: () => worker.terminate() };
  }
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.postMessage(data);
  const ready = answer((settle) => {
    worker.onmessage = settle(true);
    worker.onerror = settle(false);
  }).finally(() => URL.revokeObjectURL(address));
  return { ready, end: () => worker.terminate() };
}

/** A worker that is never ready, for pages that forbid workers. */
const absent: Started = { ready: Promise.resolve(false), end: () => undefined };

function tryStart(data: WorkerStart): Started {
  try {
    return start(data);
  } catch {
    return absent;
  }
}

/** Whether memory can be shared here: Node, and pages that are cross-origin isolated. */
export function canShare(): boolean {
  const { crossOriginIsolated, process } = globalThis as {
    readonly crossOriginIsolated?: boolean;
    readonly process?: NodeProcess;
  };
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return process?.getBuiltinModule !== undefined || crossOriginIsolated === true;
}

/** Functions that answer at once: they compute nothing. */
const direct: ReadonlySet<string> = new Set(['gemmScratch']);

/** Functions that write their calls down; `record` gives their length, or nothing when there is no room. */
function createRecorder(
  wasm: WasmFunctions,
  names: readonly string[],
): {
  readonly functions: WasmFunctions;
  record(work: Work, commands: Float64Array): number | undefined;
} {
  let target: Float64Array = new Float64Array(0);
  let length = 0;
  const entries = names.map((name, index) => [
    name,
    (...values: number[]): void => {
      const next = length + 2 + values.length;
      if (next <= target.length) {
        target[length] = index;
        target[length + 1] = values.length;
        target.set(values, length + 2);
      }
      length = next;
    },
  ]);
  const functions = {
    ...(Object.fromEntries(entries) as unknown as WasmFunctions),
    ...Object.fromEntries([...direct].map((name) => [name, wasm[name as 'gemmScratch']])),
  };
  return {
    functions,
    record: (work, commands) => {
      target = commands;
      length = 0;
      work(functions);
      return length <= commands.length ? length : undefined;
    },
  };
}

/** Waits until `array[place]` is no longer `value`: awake for a while, then asleep where allowed. */
function waitWhile(array: Int32Array, place: number, value: number): void {
  for (let i = 0; i < 10_000; i++) if (Atomics.load(array, place) !== value) return;
  while (Atomics.load(array, place) === value) {
    try {
      Atomics.wait(array, place, value);
    } catch {
      // The main thread of a page may not sleep.
    }
  }
}

/** One thread: the parts one after the other. */
export function oneThread(wasm: WasmFunctions): Threads {
  return {
    count: 1,
    run: (parts) => {
      for (const part of parts) part(wasm);
    },
    close: () => undefined,
  };
}

/** Starts `count - 1` workers on a shared memory; fewer where they cannot be started. */
export async function startThreads(
  wasm: WasmFunctions,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  count: number,
): Promise<Threads> {
  const names = WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === 'function')
    .map(({ name }) => name);
  const starting = Array.from({ length: count - 1 }, (): Team => {
    const control = new Int32Array(new SharedArrayBuffer(16));
    const commands = new Float64Array(new SharedArrayBuffer(commandLength * 8));
    return { control, commands, started: tryStart({ module, memory, names, control, commands }) };
  });
  const answers = await Promise.all(starting.map(({ started }) => started.ready));
  let team = starting.filter(({ started }, i) => {
    if (!answers[i]) started.end();
    return answers[i];
  });
  const recorder = createRecorder(wasm, names);

  return {
    get count() {
      return team.length + 1;
    },
    run: ([first, ...others]) => {
      const left: Work[] = first ? [first] : [];
      const waiting: [Team, number][] = [];
      try {
        for (const [i, work] of others.entries()) {
          const worker = team[i];
          const length = worker && recorder.record(work, worker.commands);
          if (worker === undefined || length === undefined) {
            left.push(work);
            continue;
          }
          worker.control[places.length] = length;
          waiting.push([worker, Atomics.add(worker.control, places.task, 1)]);
          Atomics.notify(worker.control, places.task);
        }
        for (const work of left) work(wasm);
      } finally {
        // Also when a part throws: what the others work on is about to be released.
        for (const [{ control }, before] of waiting) waitWhile(control, places.done, before);
      }
      if (waiting.some(([{ control }]) => Atomics.load(control, places.failed) !== 0)) {
        throw new WasmError('a worker failed; the result of the kernel is lost');
      }
    },
    close: () => {
      for (const { started } of team) started.end();
      team = [];
    },
  };
}
