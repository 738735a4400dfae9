/** Bytes to add and runs of `base` to copy that make `next` (src/apply-patch.ts). */
export function makePatch(base: Uint8Array, next: Uint8Array): Uint8Array;
