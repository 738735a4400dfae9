export { GpuError } from './errors.ts';
export { type GpuOptions, gpu } from './gpu.ts';
export type { GpuMode } from './mode.ts';
