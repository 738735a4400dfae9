import {
  flattenTree,
  isFloatTensor,
  isTensor,
  mapTree,
  type ScopeResult,
  scope,
  type Tensor,
  type Tree,
  tensor,
} from '@subbyte/tensor';
import { AutogradError } from './errors.ts';
import { record } from './record.ts';

/** A loss together with anything else worth returning. */
export type WithAux<Aux extends ScopeResult> = {
  readonly value: Tensor;
  readonly aux: Aux;
};

/** A loss and its gradient, shaped like the parameters. */
export type ValueAndGradient<Parameters extends Tree> = {
  readonly value: Tensor;
  readonly gradient: Parameters;
};

/**
 * The function that gives the value of `f` and its gradient with respect to the first argument: a
 * tensor, or arrays and records of tensors. `f` returns one number (a tensor of one float), or
 * `{ value, aux }`, whose `aux` is returned beside the gradient, undifferentiated. What does not
 * influence the value has gradient 0.
 *
 * Everything made inside `f` is released before it returns, but for value, gradient and `aux`.
 * Tensors count by identity: a parameter that `f` reaches by another way is the same parameter.
 * @throws AutogradError when a parameter does not hold floats or the value is not one float.
 */
export function valueAndGrad<
  Parameters extends Tree,
  Rest extends readonly unknown[],
  Aux extends ScopeResult,
>(
  f: (parameters: Parameters, ...rest: Rest) => WithAux<Aux>,
): (parameters: Parameters, ...rest: Rest) => ValueAndGradient<Parameters> & { readonly aux: Aux };
export function valueAndGrad<Parameters extends Tree, Rest extends readonly unknown[]>(
  f: (parameters: Parameters, ...rest: Rest) => Tensor,
): (parameters: Parameters, ...rest: Rest) => ValueAndGradient<Parameters>;
export function valueAndGrad<Parameters extends Tree, Rest extends readonly unknown[]>(
  f: (parameters: Parameters, ...rest: Rest) => Tensor | WithAux<ScopeResult>,
): (
  parameters: Parameters,
  ...rest: Rest
) => ValueAndGradient<Parameters> & { readonly aux?: ScopeResult } {
  return (parameters, ...rest) => {
    const leaves = flattenTree(parameters);
    for (const [path, leaf] of leaves) {
      if (isFloatTensor(leaf)) continue;
      throw new AutogradError(`parameter "${path}" is ${leaf.dtype}, expected floats`);
    }
    const work = (): ScopeResult => {
      const wanted = leaves.map(([, leaf]) => leaf);
      const recording = record(wanted, () => f(parameters, ...rest));
      const { result } = recording;
      const { value, ...others } = isTensor(result) ? { value: result } : result;
      if (value.size !== 1 || !isFloatTensor(value)) {
        throw new AutogradError(
          `the function returned ${value.dtype} [${value.shape}], expected one float`,
        );
      }
      const seed = tensor([1], value.shape, value.dtype);
      const gradients = recording.backward([value], [seed], wanted, { keep: result });
      let next = 0;
      const gradient = mapTree(parameters, () => gradients[next++] as Tensor);
      return { value, gradient, ...others };
    };
    return scope(work) as unknown as ValueAndGradient<Parameters> & { readonly aux?: ScopeResult };
  };
}

/** The function that gives the gradient of `f` with respect to its first argument. */
export function grad<Parameters extends Tree, Rest extends readonly unknown[]>(
  f: (parameters: Parameters, ...rest: Rest) => Tensor,
): (parameters: Parameters, ...rest: Rest) => Parameters {
  const both = valueAndGrad(f);
  return (parameters, ...rest) => {
    const work = (): ScopeResult => both(parameters, ...rest).gradient;
    return scope(work) as unknown as Parameters;
  };
}
