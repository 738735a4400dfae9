import { isTensor } from './is-tensor.ts';
import type { Storage } from './storage.ts';
import type { Tensor } from './tensor.ts';

const open: Set<Storage>[] = [];

/**
 * Registers a fresh storage with the innermost open scope. Backends call it for every allocation.
 * @returns whether there is one; it disposes of the storage, or calls its `escape`.
 */
export function track(storage: Storage): boolean {
  return open.at(-1)?.add(storage) !== undefined;
}

/** What a scope may return: tensors, and arrays and records of them. */
export type ScopeResult =
  | Tensor
  | undefined
  | null
  | boolean
  | number
  | string
  | bigint
  | readonly ScopeResult[]
  | { readonly [key: string]: ScopeResult }
  | ReadonlyMap<string, ScopeResult>;

function collect(value: unknown, storages: Set<Storage>): void {
  if (typeof value !== 'object' || value === null) return;
  if (isTensor(value)) storages.add(value.storage);
  else if (value instanceof Map) for (const entry of value.values()) collect(entry, storages);
  else if (Array.isArray(value)) for (const entry of value) collect(entry, storages);
  else if (!ArrayBuffer.isView(value)) {
    for (const entry of Object.values(value)) collect(entry, storages);
  }
}

/** The storages of all tensors in `result`: what a scope that returns it would keep. */
export function storagesOf(result: ScopeResult): Set<Storage> {
  const storages = new Set<Storage>();
  collect(result, storages);
  return storages;
}

/**
 * Runs `work` and releases every tensor made inside it, except those it returns (in arrays, maps
 * and plain objects too). Scopes nest: what an inner scope returns belongs to the outer one.
 * `work` must be synchronous. When it throws, everything made inside is released.
 */
export function scope<Result extends ScopeResult>(work: () => Result): Result {
  const mine = new Set<Storage>();
  open.push(mine);
  let kept: ReadonlySet<Storage> = new Set();
  try {
    const result = work();
    kept = storagesOf(result);
    return result;
  } finally {
    open.pop();
    const outer = open.at(-1);
    for (const storage of mine) {
      if (!kept.has(storage)) storage.dispose();
      else if (outer) outer.add(storage);
      else storage.escape?.();
    }
  }
}

/**
 * One step of a loop that carries tensors along: runs `work` in a scope and releases every tensor
 * of `carried` that the result does not hold, so that a loop of any length stays at constant
 * memory. Parameters, optimiser state and running statistics all go into `carried`.
 */
export function advance<Carried extends ScopeResult>(
  carried: Carried,
  work: (carried: Carried) => Carried,
): Carried {
  const next = scope(() => work(carried));
  const kept = storagesOf(next);
  for (const storage of storagesOf(carried)) if (!kept.has(storage)) storage.dispose();
  return next;
}
