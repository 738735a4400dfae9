import { kernels, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { given, isIsolated } from './given.ts';

test.skipIf(!given)('the page is isolated as it was served', () => {
  expect(globalThis.crossOriginIsolated).toBe(isIsolated);
  expect(typeof SharedArrayBuffer).toBe(isIsolated ? 'function' : 'undefined');
});

test('threads where memory can be shared, else one and no error', async () => {
  const backend = await wasm({ threads: 2 });
  expect(backend.threads).toBe(isIsolated ? 2 : 1);
  setBackend(backend);
  const a = tensor([1, 2, 3, 4], [2, 2]);
  const product = kernels.matmul([a, a], { transposeA: false, transposeB: false });
  expect(toNumbers(product)).toEqual([7, 10, 15, 22]);
  backend.close();
  setBackend(undefined);
});
