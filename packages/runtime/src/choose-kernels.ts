import { getBackend } from '@subbyte/kernels';
import { RuntimeError } from './errors.ts';
import { type Measured, measureAlgorithms } from './measure-algorithms.ts';
import type { ProductCall } from './product-call.ts';
import type { Clock } from './run-program.ts';

/**
 * How the algorithms of integer layers are chosen: `static` takes what the backend believes to be the fastest,
 * `measured` tries all of them, and names of layers with an algorithm overrule what `measured` finds.
 */
export type KernelOption = 'static' | 'measured' | Readonly<Record<string, string>>;

/** How one layer is computed. */
export interface KernelChoice {
  /** Name of the graph's node. */
  readonly layer: string;
  readonly kernel: 'integerConv2d' | 'integerMatmul';
  /** One of the backend's names; `undefined` where it has one way only. */
  readonly algorithm: string | undefined;
  /** Least milliseconds of each algorithm on at most 64 output channels; absent when nothing was measured. */
  readonly milliseconds?: Readonly<Record<string, number>> | undefined;
}

/** How and for how long to choose. */
export interface ChooseOptions {
  readonly kernels: KernelOption;
  /** Milliseconds that measuring may take in all. */
  readonly budget: number;
  /** Without one nothing is measured. */
  readonly clock: Clock | undefined;
}

/** Algorithms of the backend in use that can compute `call`. */
function candidatesOf({ weight, options }: ProductCall): readonly string[] {
  return getBackend()?.algorithms?.(weight, options) ?? [];
}

/** By how much another algorithm must be faster than the one that the backend expects to be the fastest. */
const margin = 0.95;

/** The fastest of `names`, the first unless another is faster by more than what measurements differ. */
function fastest({ milliseconds }: Measured, [first = '', ...others]: readonly string[]): string {
  const timeOf = (name: string): number => milliseconds[name] as number;
  return others.reduce(
    (best, name) => (timeOf(name) < timeOf(best) * (best === first ? margin : 1) ? name : best),
    first,
  );
}

/**
 * The algorithm of each call, for the backend in use.
 * @throws RuntimeError for layers and algorithms that there are not.
 */
export function chooseKernels(
  calls: readonly ProductCall[],
  { kernels, budget, clock }: ChooseOptions,
): ReadonlyMap<ProductCall, KernelChoice> {
  const wanted = typeof kernels === 'string' ? {} : kernels;
  const candidates = new Map(calls.map((call) => [call, candidatesOf(call)]));
  for (const [layer, algorithm] of Object.entries(wanted)) {
    const found = calls.filter((call) => call.layer === layer);
    if (found.length === 0) throw new RuntimeError(`kernels: no layer "${layer}" runs on codes`);
    for (const call of found) {
      const names = candidates.get(call) as readonly string[];
      if (names.includes(algorithm)) continue;
      throw new RuntimeError(
        `kernels: layer "${layer}" by "${algorithm}": expected one of ${names.join(', ') || 'none'}`,
      );
    }
  }
  const open = calls.filter(
    (call) =>
      !Object.hasOwn(wanted, call.layer) && (candidates.get(call) as readonly string[]).length > 1,
  );
  const measured =
    clock && kernels !== 'static'
      ? measureAlgorithms(open, (call) => candidates.get(call) as readonly string[], budget, clock)
      : new Map<ProductCall, Measured>();
  return new Map(
    calls.map((call) => {
      const { layer, kernel } = call;
      const result = measured.get(call);
      const algorithm = Object.hasOwn(wanted, layer)
        ? wanted[layer]
        : result
          ? fastest(result, candidates.get(call) as readonly string[])
          : candidates.get(call)?.[0];
      return [call, { layer, kernel, algorithm, milliseconds: result?.milliseconds }];
    }),
  );
}
