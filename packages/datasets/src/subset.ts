import { DatasetError } from './errors.ts';
import type { Dataset } from './types.ts';

/**
 * The samples `indices` of `dataset`, in that order: a part held out, a class, a smaller set.
 * @throws DatasetError when an index lies outside the dataset.
 */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const places = Uint32Array.from(indices);
  for (let i = 0; i < places.length; i++) {
    if (places[i] !== indices[i] || (places[i] as number) >= dataset.size) {
      throw new DatasetError(
        `subset: index ${indices[i]} of a dataset of ${dataset.size}, expected 0 … ${dataset.size - 1}`,
      );
    }
  }
  const { labels } = dataset;
  return {
    ...dataset,
    size: places.length,
    labels: labels && Int32Array.from(places, (place) => labels[place] as number),
    item: (index) => dataset.item(places[index] as number),
  };
}
