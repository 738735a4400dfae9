import type { Kernel } from '../../table.ts';
import { allocateResult } from '../result.ts';

/** Codes replaced by the entries of a table. */
export const integerLookup: Kernel<'integerLookup'> = (operands, options) => {
  const [x, table] = operands;
  const result = allocateResult('integerLookup', operands, options);
  const [codes, entries, target] = [x.data, table.data, result.data] as Uint8Array[];
  const smallest = x.dtype === 'int8' ? -128 : 0;
  codes?.forEach((code, i) => {
    (target as Uint8Array)[i] = (entries as Uint8Array)[code - smallest] as number;
  });
  return result;
};
