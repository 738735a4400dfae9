// A small residual network with every kind of layer, on grids that are fitted to one batch.
import { add, conv2d, matmul, mean, relu } from '@subbyte/autograd';
import { createExecutor, type Graph, isLayer, simplify, trace } from '@subbyte/graph';
import { perChannel, uniform } from '@subbyte/quantizers';
import { type FloatTensor, random, randomNormal, type Tensor } from '@subbyte/tensor';
import { insertQuantizers } from '../src/index.ts';

/** `count` random images of 3 x 8 x 8. */
export const images = (count: number, seed: number): FloatTensor =>
  randomNormal([count, 3, 8, 8], random(seed), 0.3);

/** `[N, 3, 8, 8]` to `[N, 5]`: a convolution, a residual one, a depthwise one, a matrix product. */
export function network(): Graph {
  const stream = random(1);
  const w1 = randomNormal([8, 3, 3, 3], stream, 0.02, 0.27);
  const b1 = randomNormal([8], stream, 0, 0.1);
  const w2 = randomNormal([8, 8, 3, 3], stream, 0.02, 0.17);
  const b2 = randomNormal([8], stream, 0, 0.1);
  const w3 = randomNormal([8, 1, 3, 3], stream, 0.02, 0.47);
  const w4 = randomNormal([8, 5], stream, 0.02, 0.5);
  const b4 = randomNormal([5], stream, 0, 0.1);
  const forward = (x: Tensor): Tensor => {
    const first = relu(conv2d(x, w1, b1, { padding: 1 }));
    const sum = relu(add(conv2d(first, w2, b2, { padding: 1 }), first));
    const depthwise = conv2d(sum, w3, { padding: 1, groups: 8 });
    return matmul(mean(depthwise, { axes: [2, 3] }), w4, { bias: b4 });
  };
  const traced = trace(forward, images(2, 2), {
    names: { w1, b1, w2, b2, w3, w4, b4 },
    batch: 'N',
  });
  return simplify(traced, { activations: ['relu'] });
}

/** `float` with 3-bit weights, and 4-bit grids on all that its layers read. */
export function onGrids(float: Graph): Graph {
  const layers = float.nodes.filter(isLayer);
  const read = [...new Set(layers.map(({ inputs }) => inputs[0] as string))];
  const input = float.inputs[0]?.name as string;
  const executor = createExecutor(float);
  const values = {
    [input]: images(8, 3),
    ...executor.run({ [input]: images(8, 3) }, { outputs: read }),
  };
  const values4 = uniform({ bits: 4, symmetric: false });
  const activations = new Map(read.map((name) => [name, values4.fit(values[name] as Tensor)]));
  const weights = new Map(
    layers.map(({ name, op, inputs }) => {
      const granularity = perChannel(op === 'matmul' ? 1 : 0);
      const fitter = uniform({ bits: 3, symmetric: false, granularity, observer: 'minMax' });
      return [name, fitter.fit(float.constants.get(inputs[1] as string) as Tensor)];
    }),
  );
  executor.dispose();
  return insertQuantizers(float, activations, weights);
}
