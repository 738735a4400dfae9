import { type DataType, dataTypes } from '@subbyte/tensor';
import { type ConformanceCase, defineCase } from './case.ts';
import { anything, values } from './operands.ts';

const castable = (from: DataType, to: DataType): ConformanceCase =>
  defineCase(
    'cast',
    `${from} to ${to}`,
    (r) => [
      from.startsWith('float')
        ? values(
            [
              0,
              -0,
              0.5,
              -1.5,
              2.9,
              300,
              -300,
              70000,
              -70000,
              5e9,
              -5e9,
              3e20,
              -3e20,
              Number.NaN,
              Number.POSITIVE_INFINITY,
              Number.NEGATIVE_INFINITY,
            ],
            from,
          )
        : anything(r, [33], from),
    ],
    { dtype: to },
  );

/** Cases of `cast`: every pair of data types. */
export const castCases: readonly ConformanceCase[] = dataTypes.flatMap((from) =>
  dataTypes.map((to) => castable(from, to)),
);
