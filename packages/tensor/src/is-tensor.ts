import type { Tensor } from './tensor.ts';

/** Whether `value` is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'storage' in value && 'dtype' in value;
}
