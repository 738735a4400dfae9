/** Does `work` for 0, 1, … `count - 1`. */
export type Repeat = (count: number, work: (i: number) => void) => void;

/** Calls functions of the modules. */
export type Work<Functions> = (wasm: Functions, repeat: Repeat) => void;

/** One after the other. */
export const inTurn: Repeat = (count, work) => {
  for (let i = 0; i < count; i++) work(i);
};

/** Writes calls down instead of making them. */
export interface Recorder<Functions> {
  /** Writes what `work` calls to `commands`, from `from` on; where it ends, or nothing when there is no room. */
  record(work: Work<Functions>, commands: Float64Array, from: number): number | undefined;
}

/**
 * A recorder of the functions `names`, which commands count, and the number behind theirs repeats commands; those
 * of `direct` compute nothing and answer at once.
 */
export function createRecorder<Functions extends object>(
  wasm: Functions,
  names: readonly string[],
  direct: readonly (keyof Functions & string)[],
): Recorder<Functions> {
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
  const functions: Functions = {
    ...(Object.fromEntries(entries) as unknown as Functions),
    ...Object.fromEntries(direct.map((name) => [name, wasm[name]])),
  };
  /**
   * Where `work` is the same calls each time, with numbers that grow by the same amounts, they are written once
   * with these amounts: most of what a part does is the same for every image.
   */
  const repeat: Repeat = (count, work) => {
    const start = length;
    if (count <= 3) {
      inTurn(count, work);
      return;
    }
    const header = start + 4;
    length = header;
    const ends = [0, 1, count - 1].map((i) => {
      work(i);
      return length;
    });
    const size = (ends[0] as number) - header;
    const block = (n: number): Float64Array =>
      target.subarray(header + n * size, header + (n + 1) * size);
    const [once, twice, last] = [block(0), block(1), block(2)];
    const same = ends.every((end, n) => end === header + (n + 1) * size) && length <= target.length;
    const steps = once.map((value, i) => {
      const next = twice[i] as number;
      return Object.is(value, next) ? 0 : next - value;
    });
    const even = once.every((value, i) => {
      const step = steps[i] as number;
      return Object.is(step === 0 ? value : value + step * (count - 1), last[i]);
    });
    length = start;
    if (!same || !even) {
      inTurn(count, work);
      return;
    }
    target.set([names.length, 2 + 2 * size, count, size], start);
    twice.set(steps);
    length = header + 2 * size;
  };
  return {
    record: (work, commands, from) => {
      target = commands;
      length = from;
      work(functions, repeat);
      return length <= commands.length ? length : undefined;
    },
  };
}
