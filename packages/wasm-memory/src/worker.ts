// What a worker runs, as source: the library needs no second file, so bundlers need no rule for it.

/** Places in a worker's control array. */
export const control = {
  /** How the task stands, one of `states`. */
  state: 0,
  /** How many commands are done, of all tasks: whether the worker stands still. */
  progress: 1,
  /** Never written. */
  unused: 2,
  /** Length of the text of the error that ended a task, and its code points. */
  textLength: 3,
  text: 4,
} as const;

/** Characters of an error's text that reach the calling thread. */
export const mostText = 200;

/** Places in the array that all threads share: the parts of a task. */
export const parts = {
  /** The first part that nobody has claimed: whoever adds 1 has it. */
  next: 0,
  count: 1,
  /** Where the commands of every part start; after the last one, where they end. */
  starts: 2,
} as const;

/**
 * Milliseconds that threads look for what they wait for before they sleep: being woken takes a tenth of one,
 * a third of a kernel, and kernels follow each other more closely than this.
 */
export const wakeful: number = 1;

/** Parts of one task. */
export const mostParts = 256;

/**
 * How a task stands with one worker. The calling thread offers it, then the worker takes it, unless the
 * calling thread withdraws it (to `idle`): whoever exchanges the state first.
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
  /** The parts of the task, the same array for every thread. */
  readonly task: Int32Array;
  /**
   * Commands of all parts: function, number of arguments, arguments. The number behind the last function repeats:
   * how often, how many numbers, these numbers (commands), what each grows by. The same for every thread.
   */
  readonly commands: Float64Array;
}

/**
 * The worker instantiates the modules on the shared memory, says so, and then runs tasks for ever. It
 * looks for the next one for a while before it sleeps: kernels follow each other closely. Of a task it
 * claims one part after another, as the calling thread does: whoever is faster does more.
 */
export const workerSource: string = `
const [state, progress] = [${control.state}, ${control.progress}];
const run = ({ modules, memory, names, control, task, commands }, ready) => {
  const start = (module) => new WebAssembly.Instance(module, { env: { memory } }).exports;
  const exports = Object.assign({}, ...modules.map(start));
  const functions = names.map((name) => exports[name]);
  const waiting = () => Atomics.load(control, state) !== ${states.offered};
  const taken = () => Atomics.load(control, state) === ${states.taken};
  const repeat = (count, size, list) => {
    const own = list.slice(0, size);
    const steps = list.subarray(size);
    for (let n = 0; n < count; n++) {
      work(own, 0, size);
      for (let i = 0; i < size; i++) if (steps[i] !== 0) own[i] += steps[i];
    }
  };
  const work = (list, at, end) => {
    while (at < end && taken()) {
      const next = at + 2 + list[at + 1];
      if (list[at] === names.length) repeat(list[at + 2], list[at + 3], list.subarray(at + 4, next));
      else functions[list[at]](...list.subarray(at + 2, next));
      at = next;
      Atomics.add(control, progress, 1);
    }
  };
  ready();
  for (;;) {
    const sleepAt = performance.now() + ${wakeful};
    while (waiting() && performance.now() < sleepAt) for (let i = 0; i < 500 && waiting(); i++);
    const seen = Atomics.load(control, state);
    if (seen !== ${states.offered}) {
      Atomics.wait(control, state, seen);
      continue;
    }
    const before = Atomics.compareExchange(control, state, ${states.offered}, ${states.taken});
    if (before !== ${states.offered}) continue;
    let end = ${states.idle};
    try {
      while (taken()) {
        const part = Atomics.add(task, ${parts.next}, 1);
        if (part >= task[${parts.count}]) break;
        work(commands, task[${parts.starts} + part], task[${parts.starts} + part + 1]);
      }
    } catch (error) {
      const text = Array.from(String(error).slice(0, ${mostText}), (character) => character.codePointAt(0));
      control.set([text.length, ...text], ${control.textLength});
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
