import {
  DeviceRefusal,
  type Kernel,
  type KernelName,
  type KernelTable,
  kernels as reference,
} from '@subbyte/kernels';
import { binaryKernels } from './binary.ts';
import { concat } from './concat.ts';
import { conv2d, convTranspose2d } from './conv2d.ts';
import type { Launcher } from './device.ts';
import { integerLookup } from './integer/lookup.ts';
import { productKernels } from './integer/product.ts';
import type { KernelFactory } from './kernel.ts';
import { matmul } from './matmul.ts';
import { movementKernels } from './movement.ts';
import { normalizationKernels } from './normalization.ts';
import { averagePool2d, integerMaxPool2d, maxPool2d } from './pool2d.ts';
import { quantizationKernels } from './quantize.ts';
import { reductionKernels } from './reduction.ts';
import { resize } from './resize.ts';
import { unaryKernels } from './unary.ts';

const factories: { readonly [K in KernelName]?: KernelFactory<K> } = {
  ...{
    conv2d,
    convTranspose2d,
    matmul,
    maxPool2d,
    averagePool2d,
    integerMaxPool2d,
    integerLookup,
    concat,
    resize,
  },
  ...unaryKernels,
  ...binaryKernels,
  ...reductionKernels,
  ...normalizationKernels,
  ...movementKernels,
  ...quantizationKernels,
  ...productKernels,
};

/** The kernels that have code for a GPU. */
export function gpuKernels(launcher: Launcher): Partial<KernelTable> {
  return Object.fromEntries(
    Object.entries(factories).map(([kernel, factory]) => [
      kernel,
      (factory as KernelFactory<KernelName>)(launcher),
    ]),
  ) as Partial<KernelTable>;
}

/** `own` with a refusal for every other kernel. */
export function kernelTable(own: Partial<KernelTable>): KernelTable {
  return Object.fromEntries(
    (Object.keys(reference) as KernelName[]).map((kernel) => {
      const refuse: Kernel<never> = () => {
        throw new DeviceRefusal(`${kernel} has no code for a GPU`);
      };
      return [kernel, own[kernel] ?? refuse];
    }),
  ) as unknown as KernelTable;
}
