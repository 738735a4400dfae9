import type { Storage, Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { levelsOf } from './bit-operands.ts';

/** How the operands of a product lie: see assembly/integer/tile.ts. */
export interface Operands {
  /** Bytes of an activation: 1 or 2. */
  readonly bytes: 1 | 2;
  /** Planes of weights: 2 for 8 bits in bytes where a set top bit has no meaning, 0 for shifts and additions. */
  readonly planes: 0 | 1 | 2;
  /** What makes weights in bytes positive. */
  readonly offset: number;
}

/** Packed weights: panels of eight channels, and the sum of each channel's weights. */
export interface PackedWeights {
  readonly panels: number;
  readonly sums: number;
}

/** How the second operand of the relaxed dot product is read when its top bit is set. */
type TopBit = 'value' | 'sign' | 'unknown';

const bytes = (value: number): number => Math.imul(value & 255, 0x01010101);

/**
 * What this engine's relaxed dot product makes of a set top bit. The specification lets an engine choose once for all its
 * runs (relaxed SIMD, "implementation-defined behavior"); products that overflow on the way are found here too.
 */
function topBitOf({ wasm }: Engine): TopBit {
  const extremes = [-128, -127, -1, 1, 127];
  const isExact = (weights: readonly number[]): boolean =>
    weights.every((w) => extremes.every((x) => wasm.dotOf(bytes(x), bytes(w)) === 4 * x * w));
  if (isExact([0, 127, 128, 129, 254, 255])) return 'value';
  return isExact([-128, -127, -1, 0, 127]) ? 'sign' : 'unknown';
}

const topBits = new WeakMap<Engine['wasm'], TopBit>();
const ranges = new WeakMap<Storage, number>();

/** Whether every weight is a sum of at most two powers of two, and an output's few enough to count in 16 bits. */
export function hasShifts(engine: Engine, weight: Tensor): boolean {
  const [outputs = 0] = weight.shape;
  return weight.size < 65_536 * outputs && levelsOf(engine, weight).mostPowers <= 2;
}

/**
 * Whether weights go through bytes (8 bits as two planes where they have to, or `algorithm` is `halves`), or everything through
 * int16.
 */
export function operandsFor(engine: Engine, weight: Tensor, algorithm?: string): Operands {
  if (algorithm === 'shifts' && hasShifts(engine, weight))
    return { bytes: 1, planes: 0, offset: 0 };
  if (!engine.relaxedDot || algorithm === 'words') return { bytes: 2, planes: 1, offset: 0 };
  const frozen = engine.isFrozen(weight);
  let range = frozen ? ranges.get(weight.storage) : undefined;
  if (range === undefined) {
    range = engine.wasm.weightRange(engine.address(weight), weight.size);
    if (frozen) ranges.set(weight.storage, range);
  }
  const offset = Math.floor(range / 512);
  if (range % 512 <= 127) return { bytes: 1, planes: 1, offset };
  let topBit = topBits.get(engine.wasm);
  if (topBit === undefined) {
    topBit = topBitOf(engine);
    topBits.set(engine.wasm, topBit);
  }
  if (topBit === 'unknown' || algorithm === 'halves') return { bytes: 1, planes: 2, offset };
  return { bytes: 1, planes: 1, offset: topBit === 'value' ? offset : 0 };
}

/** Channels in whole panels. */
export const wholePanels = (channels: number): number => Math.ceil(channels / 8) * 8;

/** Most bytes of the chunks of an output's weights: two places each, and heads of full and of other chunks. */
const shiftBytes = (length: number): number =>
  4 * length + 4 * (Math.ceil((2 * length) / 255) + 17);

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
  const each =
    planes === 0
      ? sumBytes + outputs * shiftBytes(channels * taps)
      : sumBytes + wholePanels(outputs) * planes * runs * steps * 4;
  const key = `integer ${bytes} ${planes} ${groups} ${outputs} ${channels} ${taps} ${runs} ${steps}`;
  const start = engine.arranged(weight, key, groups * each, (from, to) => {
    for (let g = 0; g < groups; g++) {
      if (planes === 0) {
        const [source, at] = [from + g * outputs * channels * taps, to + g * each];
        engine.wasm.weightSums(source, outputs, channels * taps, at);
        engine.wasm.packShifts(source, at + sumBytes, outputs, channels, taps);
        continue;
      }
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
