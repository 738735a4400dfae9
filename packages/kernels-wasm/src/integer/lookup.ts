import { defineKernel, type KernelFactory } from '../kernel.ts';

/** Codes replaced by the entries of a table. */
export const integerLookup: KernelFactory<'integerLookup'> = defineKernel(
  'integerLookup',
  () => true,
  (engine, [x, table], _, { address, size }) => {
    const [from, entries] = [engine.address(x), engine.address(table)];
    const flip = x.dtype === 'int8' ? 128 : 0;
    engine.split(size, size, ({ wasm }, first, end) =>
      wasm.integerLookup(from + first, address + first, end - first, entries, flip),
    );
  },
);
