/** Calls functions of the modules. */
export type Work<Functions> = (wasm: Functions) => void;

/** Writes calls down instead of making them. */
export interface Recorder<Functions> {
  /** Writes what `work` calls to `commands`, from `from` on; where it ends, or nothing when there is no room. */
  record(work: Work<Functions>, commands: Float64Array, from: number): number | undefined;
}

/** A recorder of the functions `names`, which commands count; those of `direct` compute nothing and answer at once. */
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
  return {
    record: (work, commands, from) => {
      target = commands;
      length = from;
      work(functions);
      return length <= commands.length ? length : undefined;
    },
  };
}
