import type { Storage } from './storage.ts';
import type { Tensor } from './tensor.ts';

const open: Set<Storage>[] = [];

/** Registers a fresh storage with the innermost open scope. Backends call it for every allocation. */
export function track(storage: Storage): void {
  open.at(-1)?.add(storage);
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

function keep(value: unknown, kept: Set<Storage>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('storage' in value && 'dtype' in value) kept.add((value as Tensor).storage);
  else if (value instanceof Map) for (const entry of value.values()) keep(entry, kept);
  else if (Array.isArray(value)) for (const entry of value) keep(entry, kept);
  else if (!ArrayBuffer.isView(value)) for (const entry of Object.values(value)) keep(entry, kept);
}

/**
 * Runs `work` and releases every tensor made inside it, except those it returns (in arrays, maps
 * and plain objects too). Scopes nest: what an inner scope returns belongs to the outer one.
 * `work` must be synchronous. When it throws, everything made inside is released.
 */
export function scope<Result extends ScopeResult>(work: () => Result): Result {
  const mine = new Set<Storage>();
  open.push(mine);
  const kept = new Set<Storage>();
  try {
    const result = work();
    keep(result, kept);
    return result;
  } finally {
    open.pop();
    const outer = open.at(-1);
    for (const storage of mine) {
      if (!kept.has(storage)) storage.dispose();
      else outer?.add(storage);
    }
  }
}
