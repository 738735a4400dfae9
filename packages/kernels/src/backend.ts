import type { DataType, Shape, Storage, Tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions } from './integer-table.ts';
import { reference } from './reference/index.ts';
import type { Kernel, KernelName, KernelTable } from './table.ts';

/** One block of a backend's memory that many results share, one after the other. */
export interface Arena {
  readonly byteLength: number;
  /**
   * Storage at `offset`, a multiple of 64, for `byteLength` bytes; 32 bytes behind it must belong to nobody.
   * Disposing it does nothing.
   * @throws KernelError when it does not lie within the arena.
   */
  place(offset: number, byteLength: number): Storage;
  /** Gives the block back. */
  dispose(): void;
}

/** Something that computes kernels: a memory of its own and a partial kernel table. */
export interface Backend {
  readonly name: string;
  /**
   * The kernels this backend computes. A kernel that gets operands it has no code for (another
   * data type, say) falls back to the reference itself. Operands may live in any memory; results
   * live in the backend's.
   */
  readonly kernels: Partial<KernelTable>;
  /** A zeroed tensor in the backend's memory. */
  zeros<D extends DataType>(shape: Shape, dtype: D): Tensor<D>;
  /** A copy in the backend's memory, or the tensor itself when it lives there already. */
  upload<D extends DataType>(input: Tensor<D>): Tensor<D>;
  /**
   * Marks `input` as never changing, so that the backend may keep rearranged copies of it (packed
   * weights) for as long as it lives.
   */
  freeze?(input: Tensor): void;
  /**
   * Names of the ways to compute a product of codes with `weight` (`[O, C / groups, kH, kW]` or `[O, K]`), for its
   * option `algorithm`: all give the same bytes, the first is likely the fastest.
   */
  algorithms?(
    weight: Tensor,
    options: IntegerEpilogueOptions & { readonly groups?: number | undefined },
  ): readonly string[];
  /** A block of memory for `into`. */
  arena?(byteLength: number): Arena;
  /** Runs `compute`, whose next result goes to `place` if it fits there, instead of fresh memory. */
  into?<Result>(place: Storage, compute: () => Result): Result;
}

let current: Backend | undefined;

/**
 * Makes `backend` compute all kernels from now on; `undefined` goes back to the reference, which is
 * slow and always right.
 */
export function setBackend(backend: Backend | undefined): void {
  current = backend;
}

/** The backend in use, or `undefined` when the reference runs. */
export function getBackend(): Backend | undefined {
  return current;
}

/** The kernel table: each call goes to the backend in use, or to the reference where it has none. */
export const kernels: KernelTable = Object.fromEntries(
  (Object.keys(reference) as KernelName[]).map((name) => [
    name,
    (operands: never, options: never) =>
      ((current?.kernels[name] ?? reference[name]) as Kernel<never>)(operands, options),
  ]),
) as unknown as KernelTable;
