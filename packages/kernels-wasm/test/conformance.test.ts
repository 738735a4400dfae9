import { writtenOperands } from '@subbyte/kernels';
import { casesFor, checkCase } from '@subbyte/kernels/conformance';
import { expect, test } from 'vitest';
import { type WasmOptions, wasm } from '../src/index.ts';

const settings: readonly WasmOptions[] = [
  { relaxedSimd: false, relaxedDot: false },
  { relaxedSimd: 'auto', relaxedDot: 'auto' },
];

for (const options of settings) {
  const { relaxedSimd } = options;
  const backend = await wasm(options);
  const cases = casesFor(backend.kernels);

  test(`relaxed SIMD ${relaxedSimd}: there are cases`, () => {
    expect(cases.length).toBeGreaterThan(200);
  });

  for (const one of cases) {
    test(`relaxed SIMD ${relaxedSimd}: ${one.name}`, () => {
      // Operands in linear memory, on the heap, and frozen twice, so that the second call finds packed ones.
      checkCase(one, backend.kernels, backend.upload);
      checkCase(one, backend.kernels);
      if (writtenOperands[one.kernel]) return;
      const frozen = one.operands().map((operand) => operand && backend.upload(operand));
      for (const operand of frozen) if (operand) backend.freeze(operand);
      for (let i = 0; i < 2; i++) checkCase({ ...one, operands: () => frozen }, backend.kernels);
    });
  }
}
