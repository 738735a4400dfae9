import { add, checkpoint } from '@subbyte/autograd';
import type { Tensor } from '@subbyte/tensor';
import { defineModule } from './define-module.ts';
import type { Layer, Module, Variables } from './module.ts';

/** Layers one after another; their variables are named `0`, `1`, … as they stand. */
export function sequential(...layers: readonly Layer[]): Module {
  const named: { readonly [name: string]: Layer } = Object.fromEntries(layers.entries());
  return defineModule(named, (use, x: Tensor) =>
    layers.reduce((y, _, i) => (use[i] as (x: Tensor) => Tensor)(y), x),
  );
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
