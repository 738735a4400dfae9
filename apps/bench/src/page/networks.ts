import { type Graph, simplify, trace } from '@subbyte/graph';
import { type Module, mobileNetV2, resnet } from '@subbyte/nn';
import { random, type Tensor, zeros } from '@subbyte/tensor';
import { residualNetwork } from '../residual-network.ts';
import { resnet18 } from '../resnet18.ts';
import type { NetworkName } from './network-names.ts';

/** A module of random weights as a graph for pictures of `size` pixels a side, batch norm folded. */
function traced(name: string, module: Module, size: number): Graph {
  const variables = module.init(random(1));
  const graph = trace((x: Tensor) => module.apply(variables, x).y, zeros([1, 3, size, size]), {
    ...{ name, batch: 'N' },
    names: variables.parameters,
  });
  return simplify(graph);
}

/** Makes each network: the work of a real one, with random weights. */
export const networks: { readonly [Name in NetworkName]: () => Graph } = {
  resnet8: () => traced('resnet8', resnet({ depth: 8, classes: 4, width: 8 }), 16),
  resnet20: () => residualNetwork(),
  mobilenet: () => traced('mobilenetv2', mobileNetV2({ classes: 1000 }), 224),
  resnet18: () => resnet18(),
};
