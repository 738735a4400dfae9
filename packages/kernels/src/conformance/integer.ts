import type { Random, Shape, Tensor } from '@subbyte/tensor';
import type { IntegerEpilogueOptions, IntegerOutput, ResidualOptions } from '../integer-table.ts';
import { conv2dShape } from '../shapes/conv.ts';
import type { OperandsOf } from '../table.ts';
import { type ConformanceCase, defineCase, defineRejected } from './case.ts';
import { layers, plain } from './convolution.ts';
import { uniform, values, whole } from './operands.ts';
import { plain as plainPool, pools as windows } from './pooling.ts';

type Codes = 'int8' | 'uint8';

const range = { int8: [-128, 127], uint8: [0, 255] } as const;

/** Codes of the whole range. */
const codesOf = (stream: Random, shape: Shape, dtype: Codes): Tensor => {
  const [low, high] = range[dtype];
  return whole(stream, shape, low, high, dtype);
};

/** Weights of `bits` bits; 8 are a sign and 7 bits. */
const weightsOf = (stream: Random, shape: Shape, bits: number): Tensor => {
  const top = 2 ** (bits - 1) - 1;
  return whole(stream, shape, bits === 8 ? -top : -top - 1, top, 'int8');
};

const bytes: IntegerOutput = { dtype: 'uint8', zeroPoint: 3, min: 0, max: 255 };
const signed: IntegerOutput = { dtype: 'int8', zeroPoint: -5, min: -128, max: 127 };
const floats: IntegerOutput = { dtype: 'float32', zeroPoint: 0, min: -3e38, max: 3e38 };
const residual: ResidualOptions = { grid: { scale: 0.037, zeroPoint: 9 }, step: 0.041 };
const own = { scale: 0.023, zeroPoint: -2, min: -128, max: 127 };

/** What a case differs in: types, widths, what follows the sum. */
interface Plan {
  readonly label: string;
  readonly x: Codes;
  readonly bits: number;
  readonly options: IntegerEpilogueOptions;
  readonly added?: Codes;
}

const plans: readonly Plan[] = [
  { label: 'W4 A8', x: 'uint8', bits: 4, options: { inputZero: 0, output: bytes } },
  { label: 'W8 A8', x: 'uint8', bits: 8, options: { inputZero: 117, output: bytes } },
  {
    label: 'W8 A8 in halves',
    x: 'uint8',
    bits: 8,
    options: { inputZero: 117, output: bytes, algorithm: 'halves' },
  },
  { label: 'W7, signed', x: 'int8', bits: 7, options: { inputZero: -128, output: signed } },
  { label: 'W2 to floats', x: 'int8', bits: 2, options: { inputZero: 4, output: floats } },
  {
    label: 'W8, floats from -0.5 to 3',
    x: 'int8',
    bits: 8,
    options: { inputZero: 0, output: { ...floats, min: -0.5, max: 3 } },
  },
  {
    label: 'W3, relu, residual',
    x: 'uint8',
    bits: 3,
    options: { inputZero: 7, output: { ...bytes, min: 3, max: 100 }, residual },
    added: 'uint8',
  },
  {
    label: 'W8, residual after a grid of its own',
    x: 'int8',
    bits: 8,
    options: { inputZero: -3, output: signed, residual: { ...residual, own } },
    added: 'int8',
  },
  {
    label: 'W5, residual to floats',
    x: 'int8',
    bits: 5,
    options: { inputZero: 1, output: floats, residual: { ...residual, own, step: 1 } },
    added: 'uint8',
  },
];

/** Operands with sums that reach both ends of the codes now and then. */
function productOperands(
  stream: Random,
  x: Shape,
  weight: Shape,
  result: Shape,
  plan: Plan,
): OperandsOf<'integerConv2d'> {
  const [outputs, ...taps] = weight as readonly [number, ...number[]];
  const spread = 90 * 2 ** (plan.bits - 2) * Math.sqrt(taps.reduce((a, b) => a * b, 1));
  const top = (plan.options.residual && !plan.options.residual.own ? 3 : 80) / spread;
  return [
    codesOf(stream, x, plan.x),
    weightsOf(stream, weight, plan.bits),
    whole(stream, [outputs], -1000, 1000, 'int32'),
    uniform(stream, [outputs], top / 4, top),
    plan.added && codesOf(stream, result, plan.added),
  ];
}

/** `[N, C, H, W]` as `[N, H, W, C]`. */
const last = (shape: Shape): Shape => [0, 2, 3, 1].map((axis) => shape[axis] as number);

const convolutions = layers.flatMap(([label, x, weight, changes], i) => {
  const options = { ...plain, ...changes };
  // Every plan on some layers, every layer with some plans.
  return plans
    .filter((_, k) => k % 4 === i % 4 || i < 6)
    .map((plan) =>
      defineCase(
        'integerConv2d',
        `${label}, ${plan.label}`,
        (r) => productOperands(r, last(x), weight, last(conv2dShape(x, weight, options)), plan),
        { ...options, ...plan.options },
      ),
    );
});

const products = (
  [
    [[1, 64], 24],
    [[1, 1024], 40],
    [[1, 7], 1],
    [[5, 33], 17],
    [[64, 20], 9],
    [[300, 48], 8],
    [[2, 3, 16], 16],
    [[19], 5],
    [[0, 4], 3],
    [[2, 40_000], 3],
  ] as const
).flatMap(([x, outputs]) =>
  plans.map((plan) =>
    defineCase(
      'integerMatmul',
      `[${x}] to ${outputs}, ${plan.label}`,
      (r) =>
        productOperands(r, x, [outputs, x.at(-1) as number], [...x.slice(0, -1), outputs], plan),
      plan.options,
    ),
  ),
);

const [first] = plans as readonly [Plan, ...Plan[]];
const refused = [...plans].find(({ options }) => options.residual) as Plan;

/** Operands of a small product, some of them changed. */
const small =
  (change: (operands: OperandsOf<'integerMatmul'>) => readonly unknown[], plan = first) =>
  (stream: Random): OperandsOf<'integerMatmul'> =>
    change(
      productOperands(stream, [3, 8], [4, 8], [3, 4], plan),
    ) as unknown as OperandsOf<'integerMatmul'>;

const rejected = (
  [
    ['float weights', small(([x, w, ...rest]) => [x, uniformLike(w), ...rest]), first.options],
    ['a float input', small(([x, ...rest]) => [uniformLike(x), ...rest]), first.options],
    ['a short bias', small(([x, w, _, m]) => [x, w, values([1, 2], 'int32'), m]), first.options],
    ['a short multiplier', small(([x, w, b]) => [x, w, b, values([1])]), first.options],
    ['a residual without options', small((o) => o, refused), first.options],
    ['options without a residual', small((o) => o), refused.options],
    [
      'a residual with step 0',
      small((o) => o, refused),
      { ...refused.options, residual: { ...residual, step: 0 } },
    ],
    [
      'bounds the wrong way',
      small((o) => o),
      { inputZero: 0, output: { ...bytes, min: 9, max: 8 } },
    ],
    ['half a zero point', small((o) => o), { inputZero: 0.5, output: bytes }],
  ] as const
).map(([label, operands, options]) => defineRejected('integerMatmul', label, operands, options));

function uniformLike({ shape }: Tensor): Tensor {
  return uniform({ uniform: () => 0.5 } as Random, shape, 0, 1);
}

const pools = windows.flatMap(([label, x, changes]) =>
  (['int8', 'uint8'] as const).map((dtype) =>
    defineCase('integerMaxPool2d', `${label}, ${dtype}`, (r) => [codesOf(r, last(x), dtype)], {
      ...plainPool,
      ...changes,
    }),
  ),
);

const lookups = (['int8', 'uint8'] as const).flatMap((dtype) =>
  (['int8', 'uint8'] as const).map((entries) =>
    defineCase(
      'integerLookup',
      `${dtype} codes to ${entries}`,
      (r) => [codesOf(r, [2, 5, 7, 11], dtype), codesOf(r, [256], entries)],
      {},
    ),
  ),
);

/** Cases of the kernels that run on codes. */
export const integerCases: readonly ConformanceCase[] = [
  ...convolutions,
  ...products,
  ...rejected,
  defineRejected(
    'integerConv2d',
    'planes of another depth',
    (r) => productOperands(r, [1, 5, 5, 3], [4, 2, 3, 3], [1, 3, 3, 4], first),
    { ...plain, ...first.options },
  ),
  ...pools,
  ...lookups,
  defineRejected(
    'integerLookup',
    'a table of 16 entries',
    (r) => [codesOf(r, [4], 'int8'), codesOf(r, [16], 'int8')],
    {},
  ),
];
