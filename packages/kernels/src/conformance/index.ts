// The cases every backend must pass, as data. A backend's tests are one line:
//   for (const one of casesFor(backend.kernels)) test(one.name, () => checkCase(one, backend.kernels));

import type { KernelTable } from '../table.ts';
import { binaryCases } from './binary.ts';
import type { ConformanceCase } from './case.ts';
import { castCases } from './cast.ts';
import { convolutionCases } from './convolution.ts';
import { gatherCases } from './gather.ts';
import { integerCases } from './integer.ts';
import { lowBitCases } from './low-bit.ts';
import { matmulCases } from './matmul.ts';
import { movementCases } from './movement.ts';
import { normalizationCases } from './normalization.ts';
import { offsetCases } from './offsets.ts';
import { packedCases } from './packed.ts';
import { poolingCases } from './pooling.ts';
import { quantizationCases } from './quantization.ts';
import { reductionCases } from './reduction.ts';
import { resizeCases } from './resize.ts';
import { trainingCases } from './training/index.ts';
import { unaryCases } from './unary.ts';

export { type ConformanceCase, checkCase, checkDeviceCase } from './case.ts';
export { numericalGradient } from './numerical-gradient.ts';

/** Every case, for all kernels. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...matmulCases,
  ...convolutionCases,
  ...poolingCases,
  ...unaryCases,
  ...binaryCases,
  ...reductionCases,
  ...normalizationCases,
  ...movementCases,
  ...gatherCases,
  ...castCases,
  ...resizeCases,
  ...quantizationCases,
  ...trainingCases,
  ...integerCases,
  ...packedCases,
  ...lowBitCases,
  ...offsetCases,
];

/** The cases of the kernels that `table` has. */
export function casesFor(table: Partial<KernelTable>): readonly ConformanceCase[] {
  return conformanceCases.filter(({ kernel }) => table[kernel] !== undefined);
}
