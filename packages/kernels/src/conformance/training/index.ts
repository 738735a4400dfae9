import type { DataType, Tensor } from '@subbyte/tensor';
import { cast } from '../../reference/cast.ts';
import type { ConformanceCase } from '../case.ts';
import { activationGradientCases } from './activation.ts';
import { convolutionGradientCases } from './convolution.ts';
import { movementGradientCases } from './movement.ts';
import { normalizationGradientCases } from './normalization.ts';
import { poolingGradientCases } from './pooling.ts';
import { quantizationGradientCases } from './quantization.ts';
import { randomSelectCases } from './random-select.ts';
import { updateCases } from './update.ts';

const floatCases: readonly ConformanceCase[] = [
  ...convolutionGradientCases,
  ...poolingGradientCases,
  ...activationGradientCases,
  ...normalizationGradientCases,
  ...movementGradientCases,
  ...quantizationGradientCases,
  ...randomSelectCases,
  ...updateCases,
];

/** `one` with its float32 operands of another type, those that `chosen` names by their place. */
function retyped(
  one: ConformanceCase,
  label: string,
  dtype: DataType,
  rejected: boolean,
  chosen: (i: number) => boolean = () => true,
): ConformanceCase {
  const change = (x: Tensor | undefined, i: number): Tensor | undefined =>
    x?.dtype === 'float32' && chosen(i) ? cast([x], { dtype }) : x;
  return {
    ...one,
    name: `${one.kernel}: ${rejected ? 'refuses ' : ''}${label}`,
    operands: () => one.operands().map(change),
    rejected,
  };
}

/** What the first case of each kernel says about data types. */
function dataTypeCases(): ConformanceCase[] {
  const firsts = [...new Map([...floatCases].reverse().map((one) => [one.kernel, one])).values()];
  return firsts.flatMap((one) => {
    const floats = one.operands().filter((x) => x?.dtype === 'float32').length;
    return [
      retyped(one, 'float64', 'float64', false),
      retyped(one, 'integers', 'int32', true),
      ...(floats > 1 ? [retyped(one, 'two data types', 'float64', true, (i) => i === 0)] : []),
    ];
  });
}

/** Cases of every kernel that only training needs. */
export const trainingCases: readonly ConformanceCase[] = [...floatCases, ...dataTypeCases()];
