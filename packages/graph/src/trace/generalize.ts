// One graph from two traces of a function, with batches of different size: where options differ they
// must follow the size of an operand in a way that a graph can express.

import type { OptionsOf } from '@subbyte/kernels';
import { type Shape, sameShape, type Tensor, tensor } from '@subbyte/tensor';
import { GraphError } from '../errors.ts';
import { toTheEnd } from '../operations/resolve-options.ts';
import type { Node, NodeOf, OpName } from '../types.ts';
import type { Trace, TracedStep } from './record-trace.ts';

/** What a step is in the graph; `extra` are constant operands behind the step's own. */
export interface Operation {
  readonly op: OpName;
  readonly attributes: Node['attributes'];
  readonly extra?: readonly (Tensor | undefined)[];
}

const operation = <Op extends OpName>(
  op: Op,
  attributes: NodeOf<Op>['attributes'],
  extra: readonly (Tensor | undefined)[] = [],
): Operation => ({ op, attributes, extra });

/** A step with the shape of its first operand. */
interface Seen<Options> {
  readonly options: Options;
  readonly shape: Shape;
}

/** One size that differs is what the others leave over. */
function reshape(
  { options: a }: Seen<{ readonly shape: Shape }>,
  { options: b }: Seen<{ readonly shape: Shape }>,
): Operation | undefined {
  if (a.shape.length !== b.shape.length || a.shape.includes(0)) return undefined;
  const shape = a.shape.map((size, axis) => (size === b.shape[axis] ? size : -1));
  if (shape.filter((size) => size === -1).length > 1) return undefined;
  return operation('reshape', { shape, allowZero: false });
}

function reaches({ options, shape }: Seen<OptionsOf<'slice'>>, axis: number): boolean {
  const [start, size, step] = [options.starts[axis], options.sizes[axis], options.steps[axis]];
  const length = shape[axis] as number;
  return (
    (step as number) > 0 && size === Math.ceil((length - (start as number)) / (step as number))
  );
}

/** Sizes that differ must run to the end of their axis. */
function slice(a: Seen<OptionsOf<'slice'>>, b: Seen<OptionsOf<'slice'>>): Operation | undefined {
  const { starts, steps, sizes } = a.options;
  if (!sameShape(starts, b.options.starts) || !sameShape(steps, b.options.steps)) return undefined;
  const differs = sizes.map((size, axis) => size !== b.options.sizes[axis]);
  if (differs.some((yes, axis) => yes && !(reaches(a, axis) && reaches(b, axis)))) return undefined;
  const open = sizes.map((size, axis) => (differs[axis] ? toTheEnd : size));
  return operation('slice', { starts, steps, sizes: open });
}

/** Sizes that differ must be the operand's own: 1 leaves them alone. */
function expand(a: Seen<OptionsOf<'expand'>>, b: Seen<OptionsOf<'expand'>>): Operation | undefined {
  const size = ({ options, shape }: typeof a, axis: number): number | undefined =>
    shape[axis - options.shape.length + shape.length];
  let fits = a.options.shape.length === b.options.shape.length;
  const shape = a.options.shape.map((wanted, axis) => {
    const other = b.options.shape[axis];
    if (wanted === other) return wanted;
    fits &&= wanted === size(a, axis) && other === size(b, axis);
    return 1;
  });
  return fits ? operation('expand', { shape }) : undefined;
}

/** Only the other axes are resized, to sizes that are the same. */
function resize(a: Seen<OptionsOf<'resize'>>, b: Seen<OptionsOf<'resize'>>): Operation | undefined {
  const { shape: wanted, scales, ...rest } = a.options;
  const axes = [...wanted.keys()].filter((axis) => wanted[axis] === b.options.shape[axis]);
  const isPlain = ({ options, shape }: typeof a): boolean =>
    options.shape.every(
      (size, axis) =>
        options.scales[axis] === size / (shape[axis] as number) &&
        (axes.includes(axis) || size === shape[axis]),
    );
  if (!isPlain(a) || !isPlain(b)) return undefined;
  const sizes = axes.map((axis) => wanted[axis] as number);
  return operation('dynamicResize', { ...rest, axes, keepAspect: 'stretch' }, [
    undefined,
    tensor(sizes, [sizes.length], 'int64'),
  ]);
}

type Generalizer = (a: Seen<never>, b: Seen<never>) => Operation | undefined;
const generalizers: Readonly<Record<string, Generalizer>> = { reshape, slice, expand, resize };

/** A text that tells options apart; unlike plain JSON it knows the numbers that JSON does not. */
const textOf = (options: unknown): string =>
  JSON.stringify(options, (_, value: unknown) =>
    typeof value === 'number' ? String(value) : value,
  );

const operandShape = (trace: Trace, step: TracedStep): Shape =>
  trace.values[step.operands[0] ?? -1]?.shape ?? [];

/** The step by itself: options as they are. */
function plain(trace: Trace, step: TracedStep): Operation {
  if (step.kernel !== 'reshape') return operation(step.kernel, step.options as never);
  const { shape } = step.options as { readonly shape: Shape };
  if (sameShape(shape, operandShape(trace, step))) return operation('identity', {});
  return operation('reshape', { shape, allowZero: shape.includes(0) });
}

function sameConstants(a: Trace, b: Trace): boolean {
  return a.values.every(({ shape, constant }, i) => {
    const twin = b.values[i];
    const [own, other] = [constant?.data, twin?.constant?.data] as (Float32Array | undefined)[];
    if (!own || !other) return own === other;
    return (
      sameShape(shape, twin?.shape ?? []) && own.every((value, k) => Object.is(value, other[k]))
    );
  });
}

const wiring = ({ inputs, outputs, steps }: Trace): string =>
  textOf([
    inputs,
    outputs,
    steps.map(({ kernel, operands, result }) => [kernel, operands, result]),
  ]);

/**
 * The operation of each step of `trace`; with a trace of the same function for `other` inputs, one
 * that is right for both.
 * @throws GraphError when the two differ by more than sizes that follow the operands'.
 */
export function operationsOf(trace: Trace, other: Trace | undefined): Operation[] {
  if (!other) return trace.steps.map((step) => plain(trace, step));
  if (wiring(trace) !== wiring(other)) {
    throw new GraphError('trace: the function computes other things for another batch size');
  }
  if (!sameConstants(trace, other)) {
    throw new GraphError('trace: a constant of the function depends on the batch size');
  }
  return trace.steps.map((step, i) => {
    const twin = other.steps[i] as TracedStep;
    const [a, b] = [plain(trace, step), plain(other, twin)];
    if (textOf(a) === textOf(b)) return a;
    const found = generalizers[step.kernel]?.(
      { options: step.options as never, shape: operandShape(trace, step) },
      { options: twin.options as never, shape: operandShape(other, twin) },
    );
    if (found) return found;
    throw new GraphError(
      `trace: options of ${step.kernel} ${i} depend on the batch size: ${textOf(step.options)} and ${textOf(twin.options)}`,
    );
  });
}
