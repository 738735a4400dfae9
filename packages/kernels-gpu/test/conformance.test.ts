// Every kernel that has code for a GPU against the reference, in every mode of gpu.js that works here. Results in float32 may
// be 1e-5 off (GPUs need not divide or exponentiate exactly, and sums are not in double precision); codes are equal.
import { type Kernel, type KernelName, reference } from '@subbyte/kernels';
import { type ConformanceCase, casesFor, checkDeviceCase } from '@subbyte/kernels/conformance';
import { isFloat, type Tensor, toNumbers } from '@subbyte/tensor';
import { afterAll, expect, test } from 'vitest';
import { gpu } from '../src/index.ts';
import { isPage, modes } from './modes.ts';

const least = 1e-5;

/** Cases a kernel in Node, where they take a millisecond or two each, and in a page. */
const wanted = (kernel: KernelName): number => {
  if (!isPage) return 6;
  return kernel === 'conv2d' || kernel === 'integerConv2d' ? 3 : 1;
};

/** The cases in an order in which the first few are as different as can be: by steps of the golden ratio. */
function shuffled(cases: readonly ConformanceCase[]): readonly ConformanceCase[] {
  const place = (i: number): number => (i * 0.618_033_988_749_895) % 1;
  return cases
    .map((one, i) => [place(i + 1), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

/** GPUs need not know infinities and what is not a number. */
function isWithinFloats(one: ConformanceCase): boolean {
  if (one.rejected) return true;
  const compute = reference[one.kernel] as Kernel<never>;
  const operands = one.operands();
  const result = compute(operands as never, one.options as never);
  return [...operands, result].every(
    (x: Tensor | undefined) => !x || !isFloat(x.dtype) || toNumbers(x).every(Number.isFinite),
  );
}

for (const mode of modes) {
  const device = await gpu({ mode }).open();
  const all = casesFor(
    Object.fromEntries([...device.computes].map((name) => [name, reference[name]])),
  );
  afterAll(() => device.dispose());

  test(`${mode}: it is the mode`, () => {
    expect(device.name).toBe(mode);
    expect(device.computes.size).toBeGreaterThan(50);
  });

  for (const kernel of device.computes) {
    test(`${mode}: ${kernel}`, async () => {
      const cases = shuffled(all.filter((one) => one.kernel === kernel && !one.rejected));
      const refusals: string[] = [];
      let passed = 0;
      for (const one of cases) {
        if (passed >= wanted(kernel)) break;
        if (!isWithinFloats(one)) continue;
        const refusal = await checkDeviceCase(one, device, { least, frozen: passed % 2 === 1 });
        if (refusal === undefined) passed++;
        else refusals.push(refusal);
      }
      expect(passed).toBeGreaterThan(0);
      // What is refused was announced: other data types, nothing at all, windows without an element.
      for (const refusal of refusals) {
        expect(refusal).toMatch(
          /has no code for a GPU|do not go on a GPU|takes 1 to 2\^24 elements/,
        );
      }
    });
  }

  test(`${mode}: what a kernel must reject`, async () => {
    for (const one of all.filter(({ rejected }) => rejected)) await checkDeviceCase(one, device);
  });
}
