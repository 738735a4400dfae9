import type { Tensor } from '@subbyte/tensor';
import type { Step } from './program.ts';

/** The slot of `value` in `form`. */
export const nameOf = (value: string, form: string): string => `${form}:${value}`;

/** The steps and constants of a program, as they are written. */
export interface Steps {
  readonly steps: Step[];
  /** Constants by their slots. */
  readonly pool: Map<string, Tensor>;
  /** Puts a constant into a slot; gives the slot. */
  keep(slot: string, tensor: Tensor): string;
  /** Adds a step with one result; gives its slot. */
  emit(
    layer: string,
    kernel: string,
    inputs: readonly string[],
    output: string,
    compute: (operands: readonly Tensor[]) => Tensor,
  ): string;
}

/** No steps yet. */
export function createSteps(): Steps {
  const steps: Step[] = [];
  const pool = new Map<string, Tensor>();
  return {
    steps,
    pool,
    keep: (slot, tensor) => {
      pool.set(slot, tensor);
      return slot;
    },
    emit: (layer, kernel, inputs, output, compute) => {
      const one = (operands: readonly (Tensor | undefined)[]): readonly Tensor[] => [
        compute(operands as readonly Tensor[]),
      ];
      steps.push({ layer, kernel, inputs, outputs: [output], compute: one });
      return output;
    },
  };
}
