// Updates write their operands in place and return the first.

import {
  type Kernel,
  type KernelName,
  kernelDataType,
  kernelShapes,
  type OptionsOf,
  reference,
  writtenOperands,
} from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import { WasmError } from '@subbyte/wasm-memory';
import type { Engine } from './engine.ts';
import { allFloat32, type KernelFactory } from './kernel.ts';
import { splitElements } from './split.ts';

type UpdateName = 'sgdUpdate' | 'adamUpdate' | 'blendUpdate' | 'accumulateUpdate';

/** Makes an update from what it does to `n` elements at the addresses of its operands. */
function defineUpdate<K extends UpdateName>(
  kernel: K,
  compute: (engine: Engine, addresses: readonly number[], n: number, options: OptionsOf<K>) => void,
): KernelFactory<K> {
  return (engine) => (operands, options) => {
    const all: readonly Tensor[] = operands;
    const [first] = operands;
    kernelDataType[kernel](
      all.map(({ dtype }) => dtype),
      options,
    );
    kernelShapes[kernel](
      all.map(({ shape }) => shape),
      options,
    );
    const written = (writtenOperands[kernel] ?? []).map((i) => all[i] as Tensor);
    if (written.some(engine.isFrozen)) {
      throw new WasmError(
        `${kernel}: it would write a frozen tensor; freeze only what never changes`,
      );
    }
    if (!allFloat32(operands)) {
      return (reference[kernel as KernelName] as Kernel<never>)(
        operands as never,
        options as never,
      );
    }
    if (first.size === 0) return first;
    engine.call(kernel, () => {
      const addresses = all.map(engine.address);
      splitElements(engine, first.size, (part, at, count) =>
        compute(
          part,
          addresses.map((address) => address + at),
          count,
          options,
        ),
      );
      for (const operand of written) {
        engine.download(operand, addresses[all.indexOf(operand)] as number);
      }
    });
    return first;
  };
}

/** Stochastic gradient descent with momentum. */
export const sgdUpdate: KernelFactory<'sgdUpdate'> = defineUpdate(
  'sgdUpdate',
  (engine, [parameter, gradient, velocity], n, { rate, momentum, nesterov, weightDecay }) => {
    const places = [parameter, gradient, velocity] as [number, number, number];
    engine.wasm.sgdUpdate(...places, n, rate, momentum, nesterov ? 1 : 0, weightDecay);
  },
);

/** Adam and AdamW. */
export const adamUpdate: KernelFactory<'adamUpdate'> = defineUpdate(
  'adamUpdate',
  (engine, addresses, n, options) => {
    const { rate, beta1, beta2, epsilon, weightDecay, decoupled, step } = options;
    engine.wasm.adamUpdate(
      ...(addresses as unknown as readonly [number, number, number, number]),
      n,
      rate / (1 - beta1 ** step),
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      epsilon,
      1 / Math.sqrt(1 - beta2 ** step),
      decoupled ? 0 : weightDecay,
      decoupled ? 1 - rate * weightDecay : 1,
    );
  },
);

/** `target = decay * target + (1 - decay) * source`. */
export const blendUpdate: KernelFactory<'blendUpdate'> = defineUpdate(
  'blendUpdate',
  (engine, [target, source], n, { decay }) =>
    engine.wasm.blendUpdate(target as number, source as number, n, decay, 1 - decay),
);

/** `target += source`. */
export const accumulateUpdate: KernelFactory<'accumulateUpdate'> = defineUpdate(
  'accumulateUpdate',
  (engine, [target, source], n) =>
    engine.wasm.accumulateUpdate(target as number, source as number, n),
);
