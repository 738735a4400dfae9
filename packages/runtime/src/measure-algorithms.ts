// Which algorithm computes a layer fastest depends on the processor, the engine and the shape: it is tried out, once for
// all layers of a process that are alike.

import { type Backend, getBackend, kernels, type OperandsOf } from '@subbyte/kernels';
import { type Tensor, tensor } from '@subbyte/tensor';
import type { ProductCall, ProductOptions } from './product-call.ts';
import type { Clock } from './run-program.ts';

/** Least time of each algorithm. */
export interface Measured {
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** One kind of layer on trial. */
interface Trial {
  readonly key: string;
  readonly run: (algorithm: string) => void;
  readonly dispose: () => void;
  readonly times: Map<string, { readonly least: number; readonly rounds: number }>;
}

/** Output channels that suffice: the time of more is in proportion. */
const mostOutputs = 64;

/** Rounds after which times are as good as they get. */
const mostRounds = 16;

/** Rounds that engines need to compile a loop well; their times do not count. */
const warmUp = 2;

/** Rounds below which a time is not trusted: the machine had other things to do. */
const leastRounds = warmUp + 3;

const cache = new WeakMap<Backend, Map<string, Measured>>();

/** What the time of a call depends on. */
function keyOf(call: ProductCall, candidates: readonly string[]): string {
  const { kernel, weight, shape, options } = call;
  const { inputRange, output, residual, groups, strides, dilations, padding } =
    options as ProductOptions;
  let [lowest, highest] = [0, 0];
  for (const value of weight.data) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  const window = [groups, strides, dilations, padding];
  const epilogue = [output.dtype, residual !== undefined, residual?.own !== undefined];
  return JSON.stringify([
    kernel,
    shape,
    weight.shape,
    inputRange,
    lowest,
    highest,
    window,
    epilogue,
    candidates,
  ]);
}

/** The call with at most `mostOutputs` outputs, on codes that are all the code of zero. */
function trialOf(backend: Backend, call: ProductCall, key: string): Trial {
  const { kernel, shape = [], options } = call;
  const outputs = call.weight.shape[0] as number;
  const { groups = 1, inputZero, residual } = options as ProductOptions;
  const kept = groups === 1 ? Math.min(outputs, mostOutputs) : outputs;
  const rows = (input: Tensor): Tensor => {
    const part = input.data.subarray(0, (input.size / outputs) * kept);
    return tensor(part as Int8Array, [kept, ...input.shape.slice(1)], input.dtype);
  };
  const own = [call.weight, call.bias, call.multiplier].map((input) => backend.upload(rows(input)));
  for (const input of own) backend.freeze?.(input);
  const size = shape.reduce((a, b) => a * b, 1);
  const x = backend.upload(tensor(new Int8Array(size).fill(inputZero), shape, 'int8'));
  const compute = (algorithm: string, added: Tensor | undefined): Tensor => {
    const operands = [x, ...own, added] as unknown as OperandsOf<'integerConv2d'>;
    const all = { ...options, residual: added && residual, algorithm };
    return kernel === 'integerConv2d'
      ? kernels.integerConv2d(operands, all as never)
      : kernels.integerMatmul(operands, all);
  };
  // The first result says how large a residual is.
  const plain = compute('', undefined);
  const added = residual && backend.zeros(plain.shape, 'int8');
  plain.storage.dispose();
  const held = [x, ...own, ...(added ? [added] : [])];
  return {
    key,
    run: (algorithm) => compute(algorithm, added).storage.dispose(),
    dispose: () => {
      for (const { storage } of held) storage.dispose();
    },
    times: new Map(),
  };
}

/** Whether an algorithm took so much longer than another that the rounds are better spent on others. */
function isHopeless({ times }: Trial, algorithm: string): boolean {
  const own = times.get(algorithm);
  if (!own || own.rounds <= warmUp) return false;
  return [...times.values()].some(({ least, rounds }) => rounds > warmUp && own.least > 2 * least);
}

/**
 * The times of all candidates of each call on the backend in use, in turn, for `budget` milliseconds in all: calls
 * for which there was no time are left out. Calls that are alike are measured once in a process.
 */
export function measureAlgorithms(
  calls: readonly ProductCall[],
  candidatesOf: (call: ProductCall) => readonly string[],
  budget: number,
  clock: Clock,
): ReadonlyMap<ProductCall, Measured> {
  const backend = getBackend();
  const result = new Map<ProductCall, Measured>();
  if (!backend) return result;
  const known = cache.get(backend) ?? new Map<string, Measured>();
  cache.set(backend, known);
  const keys = new Map(
    calls.filter(({ shape }) => shape).map((call) => [call, keyOf(call, candidatesOf(call))]),
  );
  const end = clock() + budget;
  const trials: { readonly trial: Trial; readonly algorithms: readonly string[] }[] = [];
  try {
    for (const [call, key] of keys) {
      if (known.has(key) || trials.some(({ trial }) => trial.key === key) || clock() > end)
        continue;
      trials.push({ trial: trialOf(backend, call, key), algorithms: candidatesOf(call) });
    }
    const rounds = trials.length > 0 ? mostRounds : 0;
    for (let round = 0; round < rounds && clock() <= end; round++) {
      for (const { trial, algorithms } of trials) {
        for (const algorithm of algorithms) {
          const start = clock();
          if (start > end) break;
          if (isHopeless(trial, algorithm)) continue;
          trial.run(algorithm);
          const time = clock() - start;
          const before = round < warmUp ? undefined : trial.times.get(algorithm);
          const least = Math.min(before?.least ?? Number.POSITIVE_INFINITY, time);
          trial.times.set(algorithm, { least, rounds: round + 1 });
        }
      }
    }
    for (const { trial, algorithms } of trials) {
      const found = algorithms.map((name) => [name, trial.times.get(name)] as const);
      const isOpen = ([name, time]: (typeof found)[number]): boolean =>
        (time?.rounds ?? 0) < leastRounds && !isHopeless(trial, name);
      if (found.some(isOpen)) continue;
      const milliseconds = found.map(([name, time]) => [name, time?.least as number] as const);
      known.set(trial.key, { milliseconds: Object.fromEntries(milliseconds) });
    }
  } finally {
    for (const { trial } of trials) trial.dispose();
  }
  for (const [call, key] of keys) {
    const found = known.get(key);
    if (found) result.set(call, found);
  }
  return result;
}
