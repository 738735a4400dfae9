import type { Storage, Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';

/** How the operands of a product lie: see assembly/integer/tile.ts. */
export interface Operands {
  /** Bytes of an activation: 1 or 2. */
  readonly bytes: 1 | 2;
  /** Planes of weights: 2 for 8 bits in bytes. */
  readonly planes: 1 | 2;
  /** What makes weights in bytes positive. */
  readonly offset: number;
}

/** Packed weights: panels of eight channels, and the sum of each channel's weights. */
export interface PackedWeights {
  readonly panels: number;
  readonly sums: number;
}

const ranges = new WeakMap<Storage, number>();

/** Whether 2 to 7 bits of weights (or 8, as two planes) go through bytes, or everything through int16. */
export function operandsFor(engine: Engine, weight: Tensor, algorithm?: string): Operands {
  if (!engine.relaxedDot || algorithm === 'words') return { bytes: 2, planes: 1, offset: 0 };
  const frozen = engine.isFrozen(weight);
  let range = frozen ? ranges.get(weight.storage) : undefined;
  if (range === undefined) {
    range = engine.wasm.weightRange(engine.address(weight), weight.size);
    if (frozen) ranges.set(weight.storage, range);
  }
  return { bytes: 1, planes: range % 512 > 127 ? 2 : 1, offset: Math.floor(range / 512) };
}

/** Channels in whole panels. */
export const wholePanels = (channels: number): number => Math.ceil(channels / 8) * 8;

/** Packs the weights `[groups * outputs, channels, taps]`, group by group. */
export function packWeights(
  engine: Engine,
  weight: Tensor,
  { bytes, planes, offset }: Operands,
  sizes: { groups: number; outputs: number; channels: number; taps: number },
  { runs, steps }: { readonly runs: number; readonly steps: number },
): readonly PackedWeights[] {
  const { groups, outputs, channels, taps } = sizes;
  const sumBytes = wholePanels(outputs) * 4;
  const each = sumBytes + wholePanels(outputs) * planes * runs * steps * 4;
  const key = `integer ${bytes} ${groups} ${outputs} ${channels} ${taps} ${runs} ${steps}`;
  const start = engine.arranged(weight, key, groups * each, (from, to) => {
    for (let g = 0; g < groups; g++) {
      engine.wasm.packIntegerWeights(
        from + g * outputs * channels * taps,
        to + g * each + sumBytes,
        outputs,
        channels,
        taps,
        runs,
        steps,
        bytes === 1 ? 4 : 2,
        planes,
        offset,
        to + g * each,
      );
    }
  });
  return Array.from({ length: groups }, (_, g) => ({
    sums: start + g * each,
    panels: start + g * each + sumBytes,
  }));
}
