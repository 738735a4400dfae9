import { accuracyCounter, type Batch } from '@subbyte/datasets';
import { scope, type Tree } from '@subbyte/tensor';
import { breathe } from '../sources/source.ts';
import type { Classify } from './train.ts';

/** Accuracy in percent of a classifier on labelled batches. */
export async function measure(
  classify: Classify,
  variables: { readonly parameters: Tree; readonly state: Tree },
  batches: AsyncIterable<Batch>,
): Promise<number> {
  const counter = accuracyCounter([1]);
  for await (const { input, labels = [] } of batches) {
    scope(() => {
      counter.add(classify(variables, input, { train: false }).y, labels);
      return undefined;
    });
    await breathe();
  }
  return 100 * (counter.result()[0] as number);
}
