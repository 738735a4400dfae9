import type { GpuMode } from '../src/index.ts';

/** Whether the test runs in a page. */
export const isPage: boolean = typeof document !== 'undefined';

/**
 * Modes to test here: those without a GPU in Node, all of them in a page (with SwiftShader). In a page that may share memory only
 * the one that has threads then, since nothing changes for the others.
 */
export const modes: readonly Exclude<GpuMode, 'auto'>[] = !isPage
  ? ['cpu', 'webasm']
  : globalThis.crossOriginIsolated
    ? ['webasm']
    : ['webgpu', 'webgl2', 'cpu'];
