import type { Shape, Tensor } from '@subbyte/tensor';
import { GraphError } from './errors.ts';
import type { ValueInfo } from './types.ts';

const show = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`;

/**
 * Checks one input's shape against what the graph says, and that each symbolic size is the same
 * wherever it occurs; `sizes` collects them.
 * @throws GraphError naming the input.
 */
export function bindShape(info: ValueInfo, shape: Shape, sizes: Map<string, number>): void {
  if (!info.shape) return;
  const problem = (why: string): GraphError =>
    new GraphError(
      `input "${info.name}" has shape ${show(shape)}, expected ${show(info.shape ?? [])}${why}`,
    );
  if (shape.length !== info.shape.length) throw problem('');
  for (const [axis, expected] of info.shape.entries()) {
    const size = shape[axis] as number;
    if (typeof expected === 'number') {
      if (size !== expected) throw problem('');
      continue;
    }
    const bound = sizes.get(expected) ?? size;
    if (bound !== size) throw problem(`; ${expected} is ${bound} elsewhere`);
    sizes.set(expected, size);
  }
}

/**
 * Checks that exactly the graph's inputs are there, with the right data types and shapes.
 * @throws GraphError naming the input at fault.
 */
export function checkInputs(
  infos: readonly ValueInfo[],
  inputs: Readonly<Record<string, Tensor>>,
): void {
  const sizes = new Map<string, number>();
  for (const info of infos) {
    const given = Object.hasOwn(inputs, info.name) ? inputs[info.name] : undefined;
    if (!given) {
      const names = Object.keys(inputs).join('", "');
      throw new GraphError(`input "${info.name}" is missing; got "${names}"`);
    }
    if (given.dtype !== info.dtype) {
      throw new GraphError(`input "${info.name}" is ${given.dtype}, expected ${info.dtype}`);
    }
    bindShape(info, given.shape, sizes);
  }
  const known = new Set(infos.map(({ name }) => name));
  const extra = Object.keys(inputs).find((name) => !known.has(name));
  if (extra !== undefined) {
    throw new GraphError(`no input is named "${extra}"; expected "${[...known].join('", "')}"`);
  }
}
