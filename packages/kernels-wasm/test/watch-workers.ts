/** A worker as Node and browsers have it. */
interface AnyWorker {
  terminate(): unknown;
}

type WorkerClass = new (...values: never[]) => AnyWorker;

/** Where the class of workers is found, in Node or in a browser. */
function home(): { Worker: WorkerClass } {
  const { process } = globalThis as {
    readonly process?: { getBuiltinModule?(name: string): unknown };
  };
  return (process?.getBuiltinModule?.('node:worker_threads') ?? globalThis) as never;
}

/** Gets hold of the workers that others start, to kill them. */
export function watchWorkers(): {
  /** A list to which every worker is added that starts until `restore`. */
  collect(): AnyWorker[];
  restore(): void;
  /** Whether the ending of a worker can be noticed here. */
  readonly tellsEnd: boolean;
} {
  const place = home();
  const original = place.Worker;
  return {
    collect: () => {
      const started: AnyWorker[] = [];
      place.Worker = class extends original {
        constructor(...values: never[]) {
          super(...values);
          started.push(this);
        }
      };
      return started;
    },
    restore: () => {
      place.Worker = original;
    },
    tellsEnd: place !== (globalThis as unknown),
  };
}
