import type { WasmFunctions } from './functions.ts';

/** Calls functions of the module. */
export type Work = (wasm: WasmFunctions) => void;

/** Writes calls down instead of making them. */
export interface Recorder {
  /** Writes what `work` calls to `commands`, from `from` on; where it ends, or nothing when there is no room. */
  record(work: Work, commands: Float64Array, from: number): number | undefined;
}

/** Functions that answer at once: they compute nothing. */
const direct: ReadonlySet<'gemmScratch' | 'productScratch'> = new Set([
  'gemmScratch',
  'productScratch',
]);

/** A recorder of the functions `names`, which commands count. */
export function createRecorder(wasm: WasmFunctions, names: readonly string[]): Recorder {
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
    ...Object.fromEntries([...direct].map((name) => [name, wasm[name]])),
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
