import type { ShortTraining } from '../../src/short-training.ts';

/** What the driver tells a page. */
interface Given {
  /** Whether the page was served with cross-origin isolation. */
  readonly isolated: boolean;
  /** The same training in Node. */
  readonly fromNode: ShortTraining;
  /** What a quantized network gave there. */
  readonly quantizedInNode: readonly number[];
}

/** Nothing in Node. */
export const given: Given | undefined = (globalThis as { readonly given?: Given }).given;

/** Whether threads can share memory here, by what the page was served with. */
export const isIsolated: boolean = given?.isolated ?? true;
