import type { Random, Tensor, Tree } from '@subbyte/tensor';
import { branch, type Layer, type Module } from './module.ts';

type Layers = { readonly [name: string]: Layer<never, unknown> };

/** A layer as a function that knows its variables. */
type BoundLayer<L> = L extends Module<infer X, infer Y> ? (x: X) => Y : L;

/** The layers as functions that know their variables. */
export type Bound<L extends Layers> = { readonly [Name in keyof L]: BoundLayer<L[Name]> };

/**
 * A module from named layers and a function that puts them together:
 *
 * `defineModule({ norm: batchNorm(8), conv: conv(8, 8, 3) }, (use, x: Tensor) => use.conv(use.norm(x)))`
 *
 * Its variables are records by the names of the layers. A layer may be used more than once: its
 * parameters are shared, and each use sees the state that the one before left.
 */
export function defineModule<L extends Layers, X = Tensor, Y = Tensor>(
  layers: L,
  forward: (use: Bound<L>, x: X) => Y,
): Module<X, Y> {
  const modules = Object.entries(layers).flatMap(([name, layer]) =>
    typeof layer === 'function' ? [] : [[name, layer as Module<unknown, unknown>] as const],
  );
  return {
    init: (random: Random) => {
      const made = modules.map(([name, module]) => [name, module.init(random)] as const);
      const pick = (part: 'parameters' | 'state'): Tree =>
        Object.fromEntries(made.map(([name, variables]) => [name, variables[part]]));
      return { parameters: pick('parameters'), state: pick('state') };
    },
    apply: (variables, x, options) => {
      const states = new Map(
        modules.map(([name]) => [name, branch(variables.state, name, 'state')]),
      );
      let changed = false;
      const use = Object.fromEntries(
        Object.entries(layers).map(([name, layer]) => {
          if (typeof layer === 'function') return [name, layer];
          const module = layer as Module<unknown, unknown>;
          const parameters = branch(variables.parameters, name, 'parameters');
          return [
            name,
            (input: unknown) => {
              const before = states.get(name) as Tree;
              const { y, state } = module.apply({ parameters, state: before }, input, options);
              changed ||= state !== before;
              states.set(name, state);
              return y;
            },
          ];
        }),
      ) as unknown as Bound<L>;
      const y = forward(use, x);
      return { y, state: changed ? Object.fromEntries(states) : variables.state };
    },
  };
}
