import { defineAny, type KernelFactory } from '../kernel.ts';
import { kernelSource } from '../source.ts';

/** Codes replaced by the entries of a table. */
export const integerLookup: KernelFactory<'integerLookup'> = defineAny(
  'integerLookup',
  ({ launch }, [x, table]) => {
    const place = x.dtype === 'int8' ? 'x[i] + 128' : 'x[i]';
    return launch(kernelSource(['x', 'table'], `return table[${place}];`), [x, table]);
  },
);
