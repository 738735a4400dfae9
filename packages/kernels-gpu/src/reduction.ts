import type { ReduceOptions } from '@subbyte/kernels';
import { type Shape, sizeOf, stridesOf, type Tensor } from '@subbyte/tensor';
import type { Launcher } from './device.ts';
import { defineFloat, type KernelFactories, type KernelFactory } from './kernel.ts';
import { kernelSource, mergeAxes, sum, walk } from './source.ts';

/** How elements are brought together: `v` so far, `u` the next. */
interface Rule {
  readonly start: string;
  readonly step: string;
  /** What becomes of `v` in the end, given the number of elements. */
  readonly end?: ((count: number) => string) | undefined;
}

/** Reductions that have code here. */
type Reduction =
  | ('reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin')
  | ('reduceSumSquare' | 'reduceL1' | 'reduceL2');

const rules: Readonly<Record<Reduction, Rule>> = {
  reduceSum: { start: '0', step: 'v += u;' },
  reduceMean: { start: '0', step: 'v += u;', end: (count) => `v = v * ${1 / count};` },
  reduceMax: { start: 'first', step: 'v = Math.max(v, u);' },
  reduceMin: { start: 'first', step: 'v = Math.min(v, u);' },
  reduceSumSquare: { start: '0', step: 'v += u * u;' },
  reduceL1: { start: '0', step: 'v += Math.abs(u);' },
  reduceL2: { start: '0', step: 'v += u * u;', end: () => 'v = Math.sqrt(v);' },
};

/** Reduces `axes` of `x`; the other axes stay as they are, in order. */
function reduceSource(shape: Shape, axes: readonly number[], rule: Rule): string {
  const strides = stridesOf(shape);
  const kept = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const pick = (list: readonly number[], of: readonly number[]): number[] =>
    of.map((axis) => list[axis] as number);
  const outer = walk('i', { sizes: pick(shape, kept), strides: [pick(strides, kept)] }, 'p');
  const inner = mergeAxes({ sizes: pick(shape, axes), strides: [pick(strides, axes)] });
  const offset = sum(inner.strides[0]?.map((stride, axis) => [`k${axis}`, stride] as const) ?? []);
  let loops = `let u = x[base + ${offset}]; ${rule.step}`;
  for (let axis = inner.sizes.length - 1; axis >= 0; axis--) {
    loops = `for (let k${axis} = 0; k${axis} < ${inner.sizes[axis]}; k${axis}++) {\n${loops}\n}`;
  }
  const count = sizeOf(pick(shape, axes));
  const start = rule.start === 'first' ? 'x[base]' : `i * 0`;
  return kernelSource(
    ['x'],
    `${outer.statements}let base = ${outer.offsets[0]};\nlet v = ${start};\n${loops}\n${rule.end?.(count) ?? ''}\nreturn v;`,
  );
}

const reduction = <K extends Reduction>(kernel: K): KernelFactory<K> =>
  defineFloat(kernel, ({ launch }, operands, options) => {
    const [x] = operands as readonly [Tensor];
    const { axes } = options as ReduceOptions;
    return launch(reduceSource(x.shape, axes, rules[kernel]), [x]);
  });

/** Reduces one axis of `x` with a rule of its own, for kernels of several steps. */
export function reduceAxis(
  launcher: Launcher,
  kernel: string,
  x: Tensor,
  axis: number,
  rule: Reduction,
): Tensor {
  const shape = x.shape.map((size, k) => (k === axis ? 1 : size));
  return launcher.launch(kernel, reduceSource(x.shape, [axis], rules[rule]), [x], shape);
}

/** Kernels that bring the elements along some axes together. */
export const reductionKernels: KernelFactories<Reduction> = {
  reduceSum: reduction('reduceSum'),
  reduceMean: reduction('reduceMean'),
  reduceMax: reduction('reduceMax'),
  reduceMin: reduction('reduceMin'),
  reduceSumSquare: reduction('reduceSumSquare'),
  reduceL1: reduction('reduceL1'),
  reduceL2: reduction('reduceL2'),
};
