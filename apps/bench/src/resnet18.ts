import { relu } from '@subbyte/autograd';
import { type Graph, simplify, trace } from '@subbyte/graph';
import {
  batchNorm,
  conv,
  globalAveragePool,
  type Layer,
  linear,
  type Module,
  maxPool,
  residual,
  sequential,
} from '@subbyte/nn';
import { random, type Tensor, zeros } from '@subbyte/tensor';

const normalized = (inputs: number, outputs: number, size: number, strides: number): Layer[] => [
  conv(inputs, outputs, size, { strides, padding: (size - 1) / 2, bias: false }),
  batchNorm(outputs),
];

function block(inputs: number, outputs: number, stride: number): Module {
  const body = sequential(
    ...normalized(inputs, outputs, 3, stride),
    relu,
    ...normalized(outputs, outputs, 3, 1),
  );
  const isPlain = inputs === outputs && stride === 1;
  const side = isPlain ? undefined : sequential(...normalized(inputs, outputs, 1, stride));
  return sequential(residual(body, side), relu);
}

const network: Module = sequential(
  ...normalized(3, 64, 7, 2),
  relu,
  maxPool(3, { strides: 2, padding: 1 }),
  ...[64, 128, 256, 512].flatMap((width, i) => [
    i === 0 ? block(64, 64, 1) : block(width / 2, width, 2),
    block(width, width, 1),
  ]),
  globalAveragePool,
  linear(512, 1000),
);

/**
 * ResNet-18 for pictures of 224 x 224 (He et al. 2016, table 1) with random weights, batch norm folded: `input`
 * `[N, 3, 224, 224]` to `output` `[N, 1000]`.
 */
export function resnet18(seed = 1): Graph {
  const variables = network.init(random(seed));
  const graph = trace((x: Tensor) => network.apply(variables, x).y, zeros([1, 3, 224, 224]), {
    name: 'resnet18',
    batch: 'N',
    names: variables.parameters,
  });
  return simplify(graph);
}
