import { type Random, type Tensor, tensor } from '@subbyte/tensor';
import type { IntegerOutput } from '../integer-table.ts';
import type { MatmulNBitsOptions, PackedBits, PackedMatmulOptions } from '../packed-table.ts';
import type { OperandsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { normal, uniform, whole } from './operands.ts';

const widths: readonly PackedBits[] = [1, 2, 3, 4, 8];
const bytes: IntegerOutput = { dtype: 'uint8', zeroPoint: 3, min: 0, max: 255 };
const signed: IntegerOutput = { dtype: 'int8', zeroPoint: -5, min: -128, max: 127 };
const floats: IntegerOutput = { dtype: 'float32', zeroPoint: 0, min: -0.5, max: 3e38 };

/** Packed weights of any code; bits behind the last code of a row mean nothing, so they may be set. */
const packed = (stream: Random, outputs: number, inputs: number, bits: number): Tensor =>
  whole(stream, [outputs, Math.ceil((inputs * bits) / 8)], 0, 255, 'uint8');

const shapes = [
  [[1, 64], 32],
  [[1, 1024], 40],
  [[1, 7], 1],
  [[5, 33], 17],
  [[19, 20], 9],
  [[2, 3, 16], 48],
  [[19], 5],
  [[0, 8], 3],
  [[2, 4001], 3],
  [[3, 256], 360],
] as const;

function codeOperands(
  stream: Random,
  x: readonly number[],
  outputs: number,
  bits: PackedBits,
  dtype: 'int8' | 'uint8',
): OperandsOf<'packedMatmul'> {
  const inputs = x.at(-1) as number;
  const [low, high] = dtype === 'int8' ? [-128, 127] : [0, 255];
  const top = 1 / (2 ** bits * Math.sqrt(inputs));
  return [
    whole(stream, x, low, high, dtype),
    packed(stream, outputs, inputs, bits),
    whole(stream, [outputs], -1000, 1000, 'int32'),
    uniform(stream, [outputs], top / 4, top),
  ];
}

const codeCases = shapes.flatMap(([x, outputs], i) =>
  widths.map((bits, k) => {
    const dtype = (i + k) % 2 === 0 ? 'int8' : 'uint8';
    const options: PackedMatmulOptions = {
      bits,
      weightZero: [0, 2 ** (bits - 1), 2 ** bits - 1][(i + k) % 3] as number,
      inputZero: [-7, 0, 117][(i + 2 * k) % 3] as number,
      output: [bytes, signed, floats][(2 * i + k) % 3] as IntegerOutput,
    };
    return defineCase(
      'packedMatmul',
      `[${x}] to ${outputs}, ${bits} bits, ${dtype} to ${options.output.dtype}`,
      (r) => codeOperands(r, x, outputs, bits, dtype),
      options,
    );
  }),
);

function floatOperands(
  stream: Random,
  x: readonly number[],
  outputs: number,
  { bits, groupSize }: MatmulNBitsOptions,
  hasBias: boolean,
): OperandsOf<'matmulNBits'> {
  const inputs = x.at(-1) as number;
  return [
    normal(stream, x),
    packed(stream, outputs, inputs, bits),
    uniform(stream, [outputs, Math.ceil(inputs / groupSize)], -0.1, 0.1),
    hasBias ? normal(stream, [outputs]) : undefined,
  ];
}

const floatCases = shapes.flatMap(([x, outputs], i) =>
  widths.flatMap((bits, k) =>
    [8, 32, 16384].slice(0, outputs > 100 ? 1 : 3).map((groupSize, g) => {
      const options: MatmulNBitsOptions = {
        ...{ bits, groupSize },
        weightZero: [2 ** (bits - 1), 0, 2 ** bits - 1][(i + k + g) % 3] as number,
      };
      return defineCase(
        'matmulNBits',
        `[${x}] to ${outputs}, ${bits} bits, groups of ${groupSize}`,
        (r) => floatOperands(r, x, outputs, options, (i + k + g) % 2 === 0),
        options,
      );
    }),
  ),
);

const plain: MatmulNBitsOptions = { bits: 4, weightZero: 8, groupSize: 32 };

/** A first row of ordinary values and a second with `value` among them. */
const withValue = (value: number): ConformanceCase =>
  defineCase(
    'matmulNBits',
    `a row with ${value}`,
    (r) => {
      const [x, ...rest] = floatOperands(r, [2, 12], 20, plain, true);
      x.data[17] = value;
      return [x, ...rest] as unknown as OperandsOf<'matmulNBits'>;
    },
    plain,
  );

const zeros = defineCase(
  'matmulNBits',
  'a row of zeros',
  (r) => {
    const [, ...rest] = floatOperands(r, [2, 12], 20, plain, true);
    return [
      tensor(new Array(24).fill(0), [2, 12]),
      ...rest,
    ] as unknown as OperandsOf<'matmulNBits'>;
  },
  plain,
);

const small = (r: Random): OperandsOf<'matmulNBits'> => floatOperands(r, [3, 40], 4, plain, true);
const codes: PackedMatmulOptions = { bits: 4, weightZero: 8, inputZero: 0, output: bytes };

const rejected = [
  defineRejected('matmulNBits', '5 bits', small, { ...plain, bits: 5 as PackedBits }),
  defineRejected('matmulNBits', 'weightZero 16 of 4 bits', small, { ...plain, weightZero: 16 }),
  defineRejected('matmulNBits', 'groups of 12', small, { ...plain, groupSize: 12 }),
  defineRejected('matmulNBits', 'scales of other groups', small, { ...plain, groupSize: 8 }),
  defineRejected('matmulNBits', 'weights of other bits', small, {
    ...plain,
    bits: 2,
    weightZero: 2,
  }),
  defineRejected(
    'matmulNBits',
    'codes',
    (r) => [whole(r, [3, 40], 0, 9, 'int8'), ...small(r).slice(1)] as never,
    plain,
  ),
  defineRejected(
    'packedMatmul',
    'a float input',
    (r) => [normal(r, [3, 8]), ...codeOperands(r, [3, 8], 4, 4, 'int8').slice(1)] as never,
    codes,
  ),
  defineRejected(
    'packedMatmul',
    'a short multiplier',
    (r) => [...codeOperands(r, [3, 8], 4, 4, 'int8').slice(0, 3), uniform(r, [3], 0, 1)] as never,
    codes,
  ),
  defineRejected(
    'packedMatmul',
    'half a zero point',
    (r) => codeOperands(r, [3, 8], 4, 4, 'int8'),
    { ...codes, weightZero: 0.5 },
  ),
];

/** Cases of the kernels with packed weights. */
export const packedCases: readonly ConformanceCase[] = [
  ...codeCases,
  ...floatCases,
  zeros,
  ...[Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3e38].map(withValue),
  ...rejected,
];
