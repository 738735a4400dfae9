import type { Tensor } from '@subbyte/tensor';
import type { KernelChoice } from './choose-kernels.ts';
import type { LayerWeights } from './layer-weights.ts';

/** One kernel call, or one node that is computed in float32. */
export interface Step {
  /** Name of the graph's node that it computes, or prepares. */
  readonly layer: string;
  /** Kernel or operation. */
  readonly kernel: string;
  /** Slots of the operands; `''` where one is absent. */
  readonly inputs: readonly string[];
  /** Slots of the results; `''` where nobody wants one. */
  readonly outputs: readonly string[];
  readonly compute: (operands: readonly (Tensor | undefined)[]) => readonly Tensor[];
}

/** What a session runs: steps in order over named slots. */
export interface Program {
  readonly steps: readonly Step[];
  /** Slots that hold constants. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Output name and its slot. */
  readonly outputs: readonly (readonly [name: string, slot: string])[];
  /** How the layers on codes are computed, in order. */
  readonly kernels: readonly KernelChoice[];
  /** Codes of constant slots that are the weight of one layer in float32; `undefined`: of more. Only for devices. */
  readonly weightCodes: ReadonlyMap<string, LayerWeights | undefined>;
  /** Layers that stay in float32, and why. */
  readonly floatLayers: ReadonlyMap<string, string>;
}
