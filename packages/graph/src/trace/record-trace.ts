// What a function of tensors computes, seen from outside: autograd reports its computations, and a
// watching backend knows which memory depends on the inputs, so that nothing which does is taken for
// a constant.

import { type Computation, observe } from '@subbyte/autograd';
import {
  type Backend,
  forwardKernelNames,
  getBackend,
  type Kernel,
  type KernelName,
  type KernelTable,
  reference,
  setBackend,
} from '@subbyte/kernels';
import {
  type AnyTypedArray,
  type DataType,
  flattenTree,
  type Shape,
  type Storage,
  scope,
  type Tensor,
  type Tree,
  zeros,
} from '@subbyte/tensor';
import { GraphError } from '../errors.ts';

/** A tensor that occurred; the elements of constants are copied. */
interface TracedValue {
  readonly dtype: DataType;
  readonly shape: Shape;
  readonly constant?: { readonly name: string | undefined; readonly data: AnyTypedArray };
}

/** One computation; values are positions in `Trace.values`. */
export interface TracedStep {
  readonly kernel: Computation['kernel'];
  readonly operands: readonly (number | undefined)[];
  readonly options: Computation['options'];
  readonly result: number;
}

/** Everything that a function computed from its inputs. */
export interface Trace {
  readonly values: readonly TracedValue[];
  readonly inputs: readonly (readonly [path: string, value: number])[];
  readonly steps: readonly TracedStep[];
  readonly outputs: readonly (readonly [path: string, value: number])[];
}

const forward: ReadonlySet<string> = new Set(forwardKernelNames);

/** The backend in use, noting in `dependent` all memory that is computed from memory in it. */
function watching(backend: Backend | undefined, dependent: Set<Storage>): Backend {
  const watch = <K extends KernelName>(name: K): Kernel<K> => {
    const compute = (backend?.kernels[name] ?? reference[name]) as Kernel<K>;
    return (operands, options) => {
      const list: readonly (Tensor | undefined)[] = operands;
      const depends = list.some((operand) => operand && dependent.has(operand.storage));
      if (depends && !forward.has(name)) {
        throw new GraphError(
          `trace: ${name} belongs to training and has no place in a graph; trace in eval mode`,
        );
      }
      const result = compute(operands, options);
      if (depends) dependent.add(result.storage);
      return result;
    };
  };
  const names = Object.keys(reference) as KernelName[];
  return {
    name: backend?.name ?? 'reference',
    kernels: Object.fromEntries(names.map((name) => [name, watch(name)])) as unknown as KernelTable,
    zeros: (shape, dtype) => backend?.zeros(shape, dtype) ?? zeros(shape, dtype),
    upload: (input) => backend?.upload(input) ?? input,
    freeze: (input) => backend?.freeze?.(input),
  };
}

/**
 * Runs `fn` once and notes what it computes.
 * @throws GraphError when a value depends on the inputs by other ways than autograd's functions.
 */
export function recordTrace<Inputs extends Tree>(
  fn: (inputs: Inputs) => Tree,
  inputs: Inputs,
  names: ReadonlyMap<Tensor, string>,
): Trace {
  const values: TracedValue[] = [];
  const steps: TracedStep[] = [];
  const known = new Map<Tensor, number>();
  const dependent = new Set<Storage>();
  const add = (tensor: Tensor, constant?: TracedValue['constant']): number => {
    const { dtype, shape } = tensor;
    known.set(tensor, values.length);
    return values.push({ dtype, shape, ...(constant && { constant }) }) - 1;
  };
  const find = (tensor: Tensor, role: string): number => {
    const value = known.get(tensor);
    if (value !== undefined) return value;
    if (dependent.has(tensor.storage)) {
      throw new GraphError(
        `trace: ${role} depends on the inputs, but not by functions of @subbyte/autograd`,
      );
    }
    return add(tensor, { name: names.get(tensor), data: tensor.data.slice() });
  };

  const leaves = flattenTree(inputs);
  const traced = leaves.map(([path, leaf]) => {
    if (known.has(leaf)) throw new GraphError(`trace: input "${path}" is another input, too`);
    dependent.add(leaf.storage);
    return [path, add(leaf)] as const;
  });
  const listen = ({ kernel, operands, options, result }: Computation): void => {
    const list: readonly (Tensor | undefined)[] = operands;
    steps.push({
      kernel,
      operands: list.map(
        (operand, i) => operand && find(operand, `operand ${i} of ${kernel} ${steps.length}`),
      ),
      options,
      result: add(result),
    });
  };
  const backend = getBackend();
  setBackend(watching(backend, dependent));
  try {
    const outputs = scope(() =>
      flattenTree(observe(listen, () => fn(inputs))).map(
        ([path, leaf]) => [path, find(leaf, `output "${path}"`)] as const,
      ),
    );
    return { values, inputs: traced, steps, outputs };
  } finally {
    setBackend(backend);
  }
}
