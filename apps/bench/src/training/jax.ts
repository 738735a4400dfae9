import * as jax from '@jax-js/jax';
import { type Convolution, elements, padding } from './convolutions.ts';

const { lax, nn, numpy: np } = jax;
type Value = jax.Array;
type Values = Record<string, Value>;

const array = (shape: readonly number[], scale = 1): Value =>
  np
    .array(elements(shape.reduce((a, b) => a * b, 1)).map((value) => value * scale))
    .reshape([...shape]);

/** Starts jax-js on its WebAssembly backend. */
export async function startJax(): Promise<void> {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
}

/** A call of a compiled function: waits for the results and releases them. */
async function finish(results: readonly Value[]): Promise<void> {
  await jax.blockUntilReady([...results]);
  for (const result of results) result.dispose();
}

/** The same convolutions in jax-js, compiled by `jit`. */
export function jaxConvolution(convolution: Convolution): {
  readonly forward: () => Promise<void>;
  readonly both: () => Promise<void>;
} {
  const {
    batch,
    channels: [inputs, outputs],
    size,
    filter,
    stride,
    groups,
  } = convolution;
  const x = array([batch, inputs, size, size]);
  const w = array([outputs, inputs / groups, filter, filter]);
  const sides: [number, number][] = [
    [padding, padding],
    [padding, padding],
  ];
  const conv = (p: { x: Value; w: Value }): Value =>
    lax.convGeneralDilated(p.x, p.w, [stride, stride], sides, { featureGroupCount: groups }).sum();
  const forward = jax.jit(conv);
  const both = jax.jit(jax.valueAndGrad(conv));
  const operands = () => ({ x: x.ref, w: w.ref });
  return {
    forward: () => finish([forward(operands())]),
    both: () => {
      const [value, gradient] = both(operands());
      return finish([value, gradient.x, gradient.w]);
    },
  };
}

const stages = [
  { width: 16, stride: 1 },
  { width: 32, stride: 2 },
  { width: 64, stride: 2 },
] as const;

/** What is called for every convolution with its batch norm: to make weights, and to compute. */
type Visit = (
  x: Value,
  name: string,
  widths: readonly [number, number],
  size: number,
  stride: number,
) => Value;

/** ResNet-20 with projection shortcuts (He et al. 2016, section 4.2), before its linear layer. */
function network(image: Value, visit: Visit): Value {
  let x = nn.relu(visit(image, 'stem', [3, 16], 3, 1));
  let inputs = 16;
  for (const [stage, { width, stride }] of stages.entries()) {
    for (let block = 0; block < 3; block++) {
      const name = `${stage}.${block}`;
      const first = block === 0 ? stride : 1;
      const isSame = inputs === width && first === 1;
      const side = isSame ? x.ref : visit(x.ref, `${name}.side`, [inputs, width], 1, first);
      const hidden = nn.relu(visit(x, `${name}.1`, [inputs, width], 3, first));
      x = nn.relu(visit(hidden, `${name}.2`, [width, width], 3, 1).add(side));
      inputs = width;
    }
  }
  return np.mean(x, [2, 3]);
}

/** Convolution, then batch norm by the statistics of the batch (running ones are left out). */
const normalized =
  (parameters: Values): Visit =>
  (x, name, [, width], size, stride) => {
    const side = (size - 1) / 2;
    const take = (key: string): Value => (parameters[`${name}.${key}`] as Value).ref;
    const y = lax.convGeneralDilated(
      x,
      take('weight'),
      [stride, stride],
      [
        [side, side],
        [side, side],
      ],
    );
    const centred = y.ref.sub(np.mean(y, [0, 2, 3], { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
    return centred
      .div(np.sqrt(variance.add(1e-5)))
      .mul(take('scale').reshape([1, width, 1, 1]))
      .add(take('bias').reshape([1, width, 1, 1]));
  };

/** The shapes of all weights, collected by a walk through the network. */
function initialize(): Values {
  const parameters: Values = {};
  const add = (name: string, inputs: number, width: number, size: number): void => {
    parameters[`${name}.weight`] = array(
      [width, inputs, size, size],
      Math.sqrt(8 / (inputs * size ** 2)),
    );
    parameters[`${name}.scale`] = np.ones([width]);
    parameters[`${name}.bias`] = np.zeros([width]);
  };
  add('stem', 3, 16, 3);
  let inputs = 16;
  for (const [stage, { width, stride }] of stages.entries()) {
    for (let block = 0; block < 3; block++) {
      const name = `${stage}.${block}`;
      if (inputs !== width || (block === 0 && stride !== 1)) add(`${name}.side`, inputs, width, 1);
      add(`${name}.1`, inputs, width, 3);
      add(`${name}.2`, width, width, 3);
      inputs = width;
    }
  }
  parameters['linear.weight'] = array([64, 10], 0.2);
  parameters['linear.bias'] = np.zeros([10]);
  return parameters;
}

/** A training step of ResNet-20 in jax-js: cross-entropy, gradients and SGD with momentum, one `jit`. */
export function jaxResnetStep(batch: number): () => Promise<void> {
  const images = array([batch, 3, 32, 32]);
  const labels = nn.oneHot(np.array(Int32Array.from({ length: batch }, (_, i) => i % 10)), 10);
  const loss = (parameters: Values, x: Value, y: Value): Value => {
    const features = network(x, normalized(parameters));
    const logits = np
      .dot(features, (parameters['linear.weight'] as Value).ref)
      .add((parameters['linear.bias'] as Value).ref);
    return nn
      .logSoftmax(logits)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const step = jax.jit((parameters: Values, velocity: Values, x: Value, y: Value) => {
    const [value, gradient] = jax.valueAndGrad(loss)(jax.tree.ref(parameters), x, y);
    const nextVelocity = jax.tree.map(
      (v: Value, g: Value) => v.mul(0.9).add(g),
      velocity,
      gradient,
    ) as Values;
    const next = jax.tree.map(
      (p: Value, v: Value) => p.sub(v.mul(0.1)),
      parameters,
      jax.tree.ref(nextVelocity),
    ) as Values;
    return { value, parameters: next, velocity: nextVelocity };
  });
  let parameters = initialize();
  let velocity = jax.tree.map((p: Value) => np.zerosLike(p), jax.tree.ref(parameters)) as Values;
  return async () => {
    const next = step(parameters, velocity, images.ref, labels.ref);
    await jax.blockUntilReady(next);
    next.value.dispose();
    ({ parameters, velocity } = next);
  };
}
