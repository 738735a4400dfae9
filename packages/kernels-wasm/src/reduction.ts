import { type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import { computeBinary } from './broadcast.ts';
import type { Engine } from './engine.ts';
import type { ReduceFunction } from './functions.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import { elementCost } from './split.ts';

/** Reductions with code here. */
export type ReductionName = ReduceFunction | 'reduceMean' | 'reduceL2';

/** What meets the elements, what joins partial results, and what happens at the end. */
interface Rule {
  readonly first: ReduceFunction;
  readonly join: ReduceFunction;
  readonly last?: (engine: Engine, result: Result, count: number) => void;
}

const rules: { readonly [K in ReductionName]: Rule } = {
  reduceSum: { first: 'reduceSum', join: 'reduceSum' },
  reduceMean: {
    first: 'reduceSum',
    join: 'reduceSum',
    last: (engine, { address, shape }, count) => {
      const divisor = engine.table(Float32Array.of(count));
      computeBinary(engine, 'div', [address, shape], [divisor, []], address, shape);
    },
  },
  reduceMax: { first: 'reduceMax', join: 'reduceMax' },
  reduceMin: { first: 'reduceMin', join: 'reduceMin' },
  reduceProd: { first: 'reduceProd', join: 'reduceProd' },
  reduceSumSquare: { first: 'reduceSumSquare', join: 'reduceSum' },
  reduceL1: { first: 'reduceL1', join: 'reduceSum' },
  reduceL2: {
    first: 'reduceSumSquare',
    join: 'reduceSum',
    last: (engine, { address, size }) => engine.wasm.sqrt(address, address, size, 0, 0),
  },
};

/** One run of neighbouring axes to reduce. */
interface Step {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Runs of neighbouring reduced axes, the innermost first; each sees what those before left. */
function stepsOf(shape: Shape, axes: readonly number[]): Step[] {
  const steps: Step[] = [];
  let inner = 1;
  let axis = shape.length - 1;
  while (axis >= 0) {
    if (!axes.includes(axis)) {
      inner *= shape[axis--] as number;
      continue;
    }
    let length = 1;
    while (axis >= 0 && axes.includes(axis)) length *= shape[axis--] as number;
    steps.push({ outer: sizeOf(shape.slice(0, axis + 1)), length, inner });
  }
  return steps.length > 0 ? steps : [{ outer: sizeOf(shape), length: 1, inner: 1 }];
}

/** Reduces the elements `x` along `axes` into `result`. */
export function computeReduction(
  engine: Engine,
  kernel: ReductionName,
  x: { readonly address: number; readonly shape: Shape },
  axes: readonly number[],
  result: Result,
): void {
  const rule = rules[kernel];
  const steps = stepsOf(x.shape, axes);
  let from = x.address;
  for (const [i, { outer, length, inner }] of steps.entries()) {
    const isLast = i === steps.length - 1;
    const to = isLast ? result.address : engine.scratch(outer * inner * 4);
    const name = i === 0 ? rule.first : rule.join;
    const source = from;
    const lines = length * inner;
    engine.split(outer, outer * lines * elementCost, (part, first, end) =>
      part.wasm[name](
        source + first * lines * 4,
        to + first * inner * 4,
        end - first,
        length,
        inner,
      ),
    );
    from = to;
  }
  rule.last?.(engine, result, sizeOf(x.shape) / result.size);
}

/** Makes a float32 reduction. */
function defineReduction<K extends ReductionName>(kernel: K): KernelFactory<K> {
  return defineKernel<K>(kernel, allFloat32, (engine, operands, { axes }, result) => {
    const x = operands[0] as Tensor;
    const from = { address: engine.address(x), shape: x.shape };
    computeReduction(engine, kernel, from, axes, result);
  });
}

/** Sum. */
export const reduceSum: KernelFactory<'reduceSum'> = defineReduction('reduceSum');

/** Mean. */
export const reduceMean: KernelFactory<'reduceMean'> = defineReduction('reduceMean');

/** Maximum; NaN wins. */
export const reduceMax: KernelFactory<'reduceMax'> = defineReduction('reduceMax');

/** Minimum; NaN wins. */
export const reduceMin: KernelFactory<'reduceMin'> = defineReduction('reduceMin');

/** Product. */
export const reduceProd: KernelFactory<'reduceProd'> = defineReduction('reduceProd');

/** Sum of squares. */
export const reduceSumSquare: KernelFactory<'reduceSumSquare'> = defineReduction('reduceSumSquare');

/** Sum of absolute values. */
export const reduceL1: KernelFactory<'reduceL1'> = defineReduction('reduceL1');

/** Root of the sum of squares. */
export const reduceL2: KernelFactory<'reduceL2'> = defineReduction('reduceL2');
