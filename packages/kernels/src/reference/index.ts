import type { KernelTable } from '../table.ts';

/** Every kernel in plain TypeScript: the oracle that all backends are tested against. */
export const reference: KernelTable = {} as KernelTable;
