export type { Bits, Granularity, Quantizer, UniformQuantizer } from './types.ts';
