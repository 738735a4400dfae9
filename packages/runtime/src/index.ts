export type { KernelChoice, KernelOption } from './choose-kernels.ts';
export { type CompileOptions, compile } from './compile.ts';
export { RuntimeError } from './errors.ts';
export type { Clock } from './run-program.ts';
export type { ProfileRow, Session } from './session.ts';
