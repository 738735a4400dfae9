// What a worker runs, as source: the library needs no second file, so bundlers need no rule for it.

/** Places in the control array. */
export const control = {
  /** How the task stands, one of `states`. */
  state: 0,
  /** Length of the task's commands; of the error's text when it failed. */
  length: 1,
  /** How far the commands are done. */
  progress: 2,
  /** Never written. */
  unused: 3,
} as const;

/**
 * How a task stands. The calling thread offers it; then either the worker takes it, or the calling
 * thread withdraws it (to `idle`) and does it itself: whoever exchanges the state first.
 */
export const states = {
  /** There is none, or it is done. */
  idle: 0,
  offered: 1,
  taken: 2,
  failed: 3,
  /** The calling thread waits no longer; the worker stops as soon as it sees this. */
  abandoned: 4,
} as const;

/** Numbers that the commands of one task may take. */
export const commandLength = 131_072;

/** What a worker is started with. */
export interface WorkerStart {
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  /** Names of the functions that commands count. */
  readonly names: readonly string[];
  readonly control: Int32Array;
  /** Commands: function, number of arguments, arguments. After a failure: the text of the error. */
  readonly commands: Float64Array;
}

/**
 * The worker instantiates the modules on the shared memory, says so, and then runs tasks for ever. It
 * looks for the next one for a while before it sleeps: kernels follow each other closely.
 */
export const workerSource: string = `
const [state, length, progress] = [${control.state}, ${control.length}, ${control.progress}];
const run = ({ modules, memory, names, control, commands }, ready) => {
  const start = (module) => new WebAssembly.Instance(module, { env: { memory } }).exports;
  const exports = Object.assign({}, ...modules.map(start));
  const functions = names.map((name) => exports[name]);
  ready();
  for (;;) {
    for (let i = 0; i < 20000 && Atomics.load(control, state) !== ${states.offered}; i++);
    const seen = Atomics.load(control, state);
    if (seen !== ${states.offered}) {
      Atomics.wait(control, state, seen);
      continue;
    }
    const before = Atomics.compareExchange(control, state, ${states.offered}, ${states.taken});
    if (before !== ${states.offered}) continue;
    let end = ${states.idle};
    try {
      for (let at = 0; at < control[length] && Atomics.load(control, state) === ${states.taken}; ) {
        const next = at + 2 + commands[at + 1];
        functions[commands[at]](...commands.subarray(at + 2, next));
        at = next;
        Atomics.store(control, progress, at);
      }
    } catch (error) {
      const text = String(error).slice(0, 200);
      commands.set(Array.from(text, (character) => character.codePointAt(0)));
      control[length] = Array.from(text).length;
      end = ${states.failed};
    }
    Atomics.compareExchange(control, state, ${states.taken}, end);
    Atomics.notify(control, state);
  }
};
if (typeof require === 'function') {
  const { parentPort, workerData } = require('node:worker_threads');
  run(workerData, () => parentPort.postMessage(0));
} else {
  onmessage = ({ data }) => run(data, () => postMessage(0));
}
`;
