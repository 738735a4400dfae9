import { type Allocator, createAllocator, roundUp } from './allocator.ts';
import { WasmError } from './errors.ts';

const pageBytes = 65_536;

/** 4 GiB, the most that 32-bit addresses reach. */
const mostPages = 65_536;

/** Bytes at the start for tables and buffers of one kernel call. */
const arenaBytes = 512 * 1024;

/** The first bytes belong to the module. */
const arenaStart = 1024;

/** One linear memory: long-lived blocks, and scratch that lasts for one kernel call. */
export interface Memory {
  readonly memory: WebAssembly.Memory;
  /**
   * Address of `bytes` bytes of undefined content; `purpose` names the kernel in the error.
   * @throws WasmError when 4 GiB or the machine's memory are used up.
   */
  allocate(bytes: number, purpose: string): number;
  release(address: number): void;
  /** Bytes that tensors and packed weights hold. */
  readonly liveBytes: number;
  /** Runs `work`, then gives back all scratch it took. */
  withScratch<Result>(work: () => Result): Result;
  /** Like `allocate`, until the innermost `withScratch` ends. */
  scratch(bytes: number, purpose: string): number;
}

/** A linear memory of 16 MiB that grows by half as needed; `shared` with workers or not. */
export function createMemory(shared = false): Memory {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: mostPages, shared });
  const end = (): number => memory.buffer.byteLength;
  const blocks: Allocator = createAllocator(arenaStart + arenaBytes, end());
  let arenaTop = arenaStart;
  let overflow: number[] = [];

  const tryGrow = (bytes: number): boolean => {
    try {
      memory.grow(Math.ceil(bytes / pageBytes));
    } catch {
      return false;
    }
    blocks.extend(end());
    return true;
  };

  const allocate = (bytes: number, purpose: string): number => {
    const found = blocks.allocate(bytes);
    if (found !== undefined) return found;
    const least = roundUp(bytes) - blocks.tail;
    const room = mostPages * pageBytes - end();
    const generous = Math.min(Math.max(least, end() / 2), room);
    if (least <= room && (tryGrow(generous) || tryGrow(least))) {
      return blocks.allocate(bytes) as number;
    }
    throw new WasmError(
      `${purpose}: no memory for ${bytes} bytes; ${blocks.live} of ${end()} bytes are in use, at most ${mostPages * pageBytes} can be`,
    );
  };

  return {
    memory,
    allocate,
    release: blocks.release,
    get liveBytes() {
      return blocks.live;
    },
    withScratch: (work) => {
      const arenaBefore = arenaTop;
      const overflowBefore = overflow;
      overflow = [];
      try {
        return work();
      } finally {
        arenaTop = arenaBefore;
        for (const address of overflow) blocks.release(address);
        overflow = overflowBefore;
      }
    },
    scratch: (bytes, purpose) => {
      const size = roundUp(bytes);
      if (arenaTop + size <= arenaStart + arenaBytes) {
        arenaTop += size;
        return arenaTop - size;
      }
      const address = allocate(bytes, purpose);
      overflow.push(address);
      return address;
    },
  };
}
