import type { Dimension, ValueInfo } from '@subbyte/graph';
import { type DataType, random, randomNormal, type Tensor, zeros } from '@subbyte/tensor';
import { CliError, UsageError } from '../errors.ts';

/** An input of a model and the shape it is to be fed. */
export interface FeedShape {
  readonly name: string;
  readonly dtype: DataType;
  /** Sizes, and names of those that are still open; undefined when the model does not even tell the rank. */
  readonly shape: readonly Dimension[] | undefined;
}

const mostElements = 2 ** 28;

/**
 * The shapes to feed: `shapes` by name, and `batch` where a model leaves open its first axis. Sizes that
 * remain names must be asked for.
 * @throws UsageError for a shape that contradicts the model, or belongs to no input.
 */
export function feedShapes(
  inputs: readonly ValueInfo[],
  { batch = 1, shapes = {} }: FeedOptions = {},
): readonly FeedShape[] {
  const stranger = Object.keys(shapes).find((key) => inputs.every(({ name }) => name !== key));
  if (stranger !== undefined) {
    const names = inputs.map(({ name }) => name).join(', ');
    throw new UsageError(`a shape for "${stranger}", but the inputs of the model are ${names}`);
  }
  return inputs.map(({ name, dtype, shape: declared }) => {
    const shape = shapes[name];
    if (!shape) {
      const filled = declared?.map((size, axis) =>
        axis === 0 && typeof size !== 'number' ? batch : size,
      );
      return { name, dtype, shape: filled };
    }
    const fits = (size: Dimension, axis: number): boolean =>
      typeof size !== 'number' || size === shape[axis];
    if (declared && !(declared.length === shape.length && declared.every(fits))) {
      throw new UsageError(
        `input "${name}" takes ${declared.join('x') || 'a scalar'}, got the shape ${shape.join('x')}`,
      );
    }
    return { name, dtype, shape };
  });
}

/** What is said about shapes that a model leaves open. */
export interface FeedOptions {
  /** Size of first axes that are open; 1 by default. */
  readonly batch?: number | undefined;
  /** Shapes of inputs by name. */
  readonly shapes?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** Whether a size of a shape is still open. */
export const isOpen = ({ shape }: FeedShape): boolean =>
  shape?.every((size) => typeof size === 'number') !== true;

/**
 * Inputs with nothing in them that matters: standard normal numbers, and zeros for integers, which are valid as
 * indices of anything.
 * @throws CliError for open sizes and for more than 2^28 elements.
 */
export function randomFeeds(feeds: readonly FeedShape[], seed = 1): Record<string, Tensor> {
  const stream = random(seed);
  return Object.fromEntries(
    feeds.map((feed) => {
      const { name, dtype, shape } = feed;
      if (!shape || isOpen(feed)) {
        throw new CliError(`input "${name}" has open sizes: ${shape?.join('x') ?? 'any rank'}`);
      }
      const sizes = shape as readonly number[];
      const elements = sizes.reduce((product, size) => product * size, 1);
      if (elements > mostElements) {
        throw new CliError(`input "${name}" of ${sizes.join('x')} has more than 2^28 elements`);
      }
      return [name, dtype === 'float32' ? randomNormal(sizes, stream) : zeros(sizes, dtype)];
    }),
  );
}
