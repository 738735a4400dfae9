import {
  checkOperands,
  DeviceRefusal,
  type Kernel,
  type KernelName,
  type OperandsOf,
  type OptionsOf,
} from '@subbyte/kernels';
import type { DataType, Shape, Tensor } from '@subbyte/tensor';
import type { Launcher } from './device.ts';

/** Makes a kernel that runs on a device. */
export type KernelFactory<K extends KernelName> = (launcher: Launcher) => Kernel<K>;

/** Kernels of one kind. */
export type KernelFactories<K extends KernelName> = { readonly [P in K]: KernelFactory<P> };

/** What a kernel is given besides its operands and options. */
interface Call {
  readonly launcher: Launcher;
  readonly shape: Shape;
  readonly dtype: DataType;
  /** Launches `source` for the kernel's result. */
  readonly launch: (source: string, operands: readonly Tensor[]) => Tensor;
}

function define<K extends KernelName>(
  kernel: K,
  takes: (dtype: DataType) => boolean,
  compute: (call: Call, operands: OperandsOf<K>, options: OptionsOf<K>) => Tensor,
): KernelFactory<K> {
  return (launcher) => (operands, options) => {
    const all = operands as readonly (Tensor | undefined)[];
    const [dtype, shape] = checkOperands(kernel, all, options);
    const strange = all.find((operand) => operand && !takes(operand.dtype));
    if (strange) throw new DeviceRefusal(`${kernel} of ${strange.dtype} has no code for a GPU`);
    if (all.some((operand) => operand?.size === 0)) {
      throw new DeviceRefusal(`${kernel} of an empty tensor has no code for a GPU`);
    }
    const launch: Call['launch'] = (source, given) =>
      launcher.launch(kernel, source, given, shape, dtype);
    return compute({ launcher, shape, dtype, launch }, operands, options);
  };
}

/** A kernel that computes in float32. */
export const defineFloat = <K extends KernelName>(
  kernel: K,
  compute: (call: Call, operands: OperandsOf<K>, options: OptionsOf<K>) => Tensor,
): KernelFactory<K> => define(kernel, (dtype) => dtype === 'float32', compute);

/** A kernel that takes any data type that the device holds. */
export const defineAny = <K extends KernelName>(
  kernel: K,
  compute: (call: Call, operands: OperandsOf<K>, options: OptionsOf<K>) => Tensor,
): KernelFactory<K> => define(kernel, () => true, compute);
