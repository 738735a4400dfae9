import { add, checkpoint } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';
import { defineModule } from './define-module.ts';
import type { Layer, Module, Variables } from './module.ts';

/**
 * Layers one after another under names of their own, and how their result meets what went in.
 * @internal
 */
export function chain(
  layers: { readonly [name: string]: Layer },
  combine: (y: Tensor, x: Tensor) => Tensor = (y) => y,
): Module {
  const names = Object.keys(layers);
  return defineModule(layers, (use, x: Tensor) =>
    combine(
      names.reduce((y, name) => (use[name] as (x: Tensor) => Tensor)(y), x),
      x,
    ),
  );
}

/** Layers one after another; their variables are named `0`, `1`, … as they stand. */
export function sequential(...layers: readonly Layer[]): Module {
  return chain(Object.fromEntries(layers.entries()));
}

/** `body(x) + shortcut(x)` (He et al. 2016); the shortcut is the identity unless given. */
export function residual(body: Layer, shortcut: Layer = (x) => x): Module {
  return defineModule({ body, shortcut }, (use, x: Tensor) => add(use.body(x), use.shortcut(x)));
}

/**
 * `module`, whose inner values the backward pass computes again instead of keeping them: deep
 * networks in less memory, for one more forward pass.
 */
export function checkpointed(module: Module): Module {
  return {
    init: module.init,
    apply: (variables, x, options) => {
      const compute = (given: Variables, input: Tensor) => module.apply(given, input, options);
      return checkpoint(compute)(variables, x);
    },
  };
}
