import { type WorkerStart, workerSource } from './worker.ts';

/** The part of a Web Worker or a Node worker that is used here. */
export interface StartedWorker {
  /** Whether it came up. */
  readonly ready: Promise<boolean>;
  /** Whether it is known to have ended: Node says so, browsers do not. */
  readonly hasEnded: boolean;
  end(): void;
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

/** Milliseconds after which a worker that has not come up is given up. */
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

/** A worker, in Node or in a browser. @throws Error where the page forbids it. */
function start(data: WorkerStart): StartedWorker {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const node = process?.getBuiltinModule?.('node:worker_threads');
  let hasEnded = false;
  const common = {
    get hasEnded() {
      return hasEnded;
    },
  };
  const gone = (): void => {
    hasEnded = true;
  };
  if (node) {
    const worker = new node.Worker(workerSource, { eval: true, workerData: data });
    worker.unref();
    worker.once('exit', gone);
    const ready = answer((settle) => {
      worker.once('message', settle(true));
      worker.once('error', settle(false));
      worker.once('exit', settle(false));
    });
    return Object.assign(common, { ready, end: () => void worker.terminate() });
  }
  const address = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(address);
  worker.postMessage(data);
  const ready = answer((settle) => {
    worker.onmessage = settle(true);
    worker.onerror = settle(false);
  }).finally(() => URL.revokeObjectURL(address));
  return Object.assign(common, { ready, end: () => worker.terminate() });
}

/** A worker that is never ready, for pages that forbid workers. */
const absent: StartedWorker = {
  ready: Promise.resolve(false),
  hasEnded: true,
  end: () => undefined,
};

/** Starts a worker where that is allowed. */
export function startWorker(data: WorkerStart): StartedWorker {
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
