// What a worker runs, as source: the library needs no second file, so bundlers need no rule for it.

/** Places in the control array. */
export const control = {
  /** Number of the task to run; raised by the main thread. */
  task: 0,
  /** Number of the last task that is done. */
  done: 1,
  /** Length of the task's commands. */
  length: 2,
  /** 1 when the task failed. */
  failed: 3,
} as const;

/** Numbers that the commands of one task may take. */
export const commandLength = 131_072;

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Names of the functions that commands count. */
  readonly names: readonly string[];
  readonly control: Int32Array;
  /** Commands: function, number of arguments, arguments. */
  readonly commands: Float64Array;
}

/**
 * The worker instantiates the module on the shared memory, says so, and then runs tasks for ever. It
 * looks for the next one for a while before it sleeps: kernels follow each other closely.
 */
export const workerSource: string = `
const run = ({ module, memory, names, control, commands }, ready) => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = names.map((name) => exports[name]);
  ready();
  for (let seen = 0; ; ) {
    for (let i = 0; i < 20000 && Atomics.load(control, 0) === seen; i++);
    Atomics.wait(control, 0, seen);
    seen = Atomics.load(control, 0);
    try {
      for (let at = 0; at < control[2]; ) {
        const next = at + 2 + commands[at + 1];
        functions[commands[at]](...commands.subarray(at + 2, next));
        at = next;
      }
    } catch {
      Atomics.store(control, 3, 1);
    }
    Atomics.store(control, 1, seen);
    Atomics.notify(control, 1);
  }
};
if (typeof require === 'function') {
  const { parentPort, workerData } = require('node:worker_threads');
  run(workerData, () => parentPort.postMessage(0));
} else {
  onmessage = ({ data }) => run(data, () => postMessage(0));
}
`;
