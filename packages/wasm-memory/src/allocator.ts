/** Hands out ranges of an address space. */
export interface Allocator {
  /** Address of `bytes` free bytes, a multiple of 64, or `undefined` when no hole is that long. */
  allocate(bytes: number): number | undefined;
  /** Gives back the range at `address`, which `allocate` returned before. */
  release(address: number): void;
  /** Moves the end of the address space up. */
  extend(end: number): void;
  /** Free bytes at the very end. */
  readonly tail: number;
  /** Bytes handed out, rounding included. */
  readonly live: number;
}

/** Every range starts at a multiple of this (a cache line). */
const alignment = 64;

/** Kernels read and write whole vectors, so each range has this much to spare at its end. */
const slack = 32;

/** Bytes that a request for `bytes` really takes. */
export function roundUp(bytes: number): number {
  return Math.ceil((bytes + slack) / alignment) * alignment;
}

/**
 * First-fit allocator on [`start`, `end`): the holes are kept in order of address and merge with
 * their neighbours, which keeps fragmentation low over long runs.
 */
export function createAllocator(start: number, end: number): Allocator {
  const starts: number[] = [];
  const ends: number[] = [];
  const sizes = new Map<number, number>();
  let top = Math.ceil(start / alignment) * alignment;
  let live = 0;

  /** Index of the first hole that starts behind `address`. */
  const following = (address: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) > address) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const addHole = (from: number, to: number): void => {
    const next = following(from);
    const joinsBefore = next > 0 && ends[next - 1] === from;
    const joinsAfter = starts[next] === to;
    if (joinsBefore && joinsAfter) {
      ends[next - 1] = ends[next] as number;
      starts.splice(next, 1);
      ends.splice(next, 1);
    } else if (joinsBefore) ends[next - 1] = to;
    else if (joinsAfter) starts[next] = from;
    else {
      starts.splice(next, 0, from);
      ends.splice(next, 0, to);
    }
  };

  const extend = (to: number): void => {
    const usable = Math.floor(to / alignment) * alignment;
    if (usable <= top) return;
    addHole(top, usable);
    top = usable;
  };
  extend(end);

  return {
    allocate: (bytes) => {
      const size = roundUp(bytes);
      for (let i = 0; i < starts.length; i++) {
        const address = starts[i] as number;
        if ((ends[i] as number) - address < size) continue;
        if ((ends[i] as number) - address === size) {
          starts.splice(i, 1);
          ends.splice(i, 1);
        } else starts[i] = address + size;
        sizes.set(address, size);
        live += size;
        return address;
      }
      return undefined;
    },
    release: (address) => {
      const size = sizes.get(address);
      if (size === undefined) return;
      sizes.delete(address);
      live -= size;
      addHole(address, address + size);
    },
    extend,
    get tail() {
      return ends.at(-1) === top ? top - (starts.at(-1) as number) : 0;
    },
    get live() {
      return live;
    },
  };
}
