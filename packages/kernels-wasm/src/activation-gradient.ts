import type { ActivationGradientOptions } from '@subbyte/kernels';
import { allFloat32, defineKernel, type KernelFactory } from './kernel.ts';
import { splitElements } from './split.ts';
import type { ActivationGradientFunction } from './training-functions.ts';

type Activation = ActivationGradientOptions['activation'];
type Call = readonly [name: ActivationGradientFunction, p?: number, q?: number];

const calls: {
  readonly [K in Activation['kind']]: (activation: Extract<Activation, { kind: K }>) => Call;
} = {
  relu: () => ['reluGradient'],
  clip: ({ min, max }) => ['clipGradient', min, max],
  hardSwish: () => ['hardSwishGradient'],
  hardSigmoid: ({ alpha, beta }) => ['hardSigmoidGradient', alpha, beta],
  sigmoid: () => ['sigmoidGradient'],
  silu: () => ['siluGradient'],
  leakyRelu: ({ alpha }) => ['leakyReluGradient', alpha],
  tanh: () => ['tanhGradient'],
  gelu: () => ['geluGradient'],
};

/** `gradient * f'(x)`. */
export const activationGradient: KernelFactory<'activationGradient'> = defineKernel(
  'activationGradient',
  allFloat32,
  (engine, [x, gradient], { activation }, result) => {
    const call = calls[activation.kind] as (activation: Activation) => Call;
    const [name, p = 0, q = 0] = call(activation);
    const [from, slopes] = [engine.address(x), engine.address(gradient)];
    splitElements(engine, result.size, (part, at, count) =>
      part.wasm[name](from + at, slopes + at, result.address + at, count, p, q),
    );
  },
);
