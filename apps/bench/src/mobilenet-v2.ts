import { type Graph, simplify, trace } from '@subbyte/graph';
import { mobileNetV2 } from '@subbyte/nn';
import { random, type Tensor, zeros } from '@subbyte/tensor';

/**
 * MobileNetV2 for pictures of 224 x 224 (Sandler et al. 2018, table 2) with random weights, batch norm folded:
 * `input` `[N, 3, 224, 224]` to `output` `[N, 1000]`.
 */
export function mobileNetV2Graph(seed = 1): Graph {
  const network = mobileNetV2({ classes: 1000 });
  const variables = network.init(random(seed));
  const graph = trace((x: Tensor) => network.apply(variables, x).y, zeros([1, 3, 224, 224]), {
    name: 'mobilenet-v2',
    names: variables.parameters,
  });
  return simplify(graph);
}
