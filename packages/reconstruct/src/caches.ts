// What is kept of both networks at one place, moved along from unit to unit as the plan says.

import type { Graph } from '@subbyte/graph';
import type { Tensor } from '@subbyte/tensor';
import { type CachePlan, keepsTargets } from './cache-plan.ts';
import { gridsOf } from './grids.ts';
import { type Form, type KeptValue, keepValue } from './kept-value.ts';
import type { Ledger } from './ledger.ts';
import { breathe, heldBy, inputValues, type LiveValues, liveNames } from './live-values.ts';
import type { Bucket } from './sample-chunks.ts';
import type { Unit } from './units.ts';
import { type ValueSource, valueSource } from './value-source.ts';

/** Values of the samples in both networks. */
export interface Caches {
  /** Keeps what `plan` says before unit number `index` learns. */
  moveTo(index: number, plan: CachePlan): Promise<void>;
  /** Computes and keeps the targets of the unit, if the plan says so. */
  keepTargets(index: number, plan: CachePlan): Promise<void>;
  /** Values of one network by name that unit number `index` reads or, in the float one, gives. */
  source(kind: 'float' | 'quantized', index: number, names: Iterable<string>): ValueSource;
  /** Gives everything back. */
  release(): void;
}

/**
 * Begins with the samples.
 * @param parts The units as they are now, in the quantized network: those behind are learned.
 * @param current The quantized graph as it is now, with what was learned.
 */
export function createCaches(
  units: readonly Unit[],
  buckets: readonly Bucket[],
  parts: readonly Graph[],
  current: () => Graph,
  ledger: Ledger,
  signal: AbortSignal | undefined,
): Caches {
  const samples = (): LiveValues => inputValues(buckets);
  let cut = 0;
  const live = { float: samples(), quantized: samples() };
  const floatParts = units.map((unit) => unit.float);

  /** Puts values `names`, which `between` makes of what is kept, in place of all that is kept. */
  const replace = async (
    kind: 'float' | 'quantized',
    names: readonly string[],
    between: readonly Graph[],
    form: Form,
  ): Promise<void> => {
    const gridOf = kind === 'quantized' ? gridsOf(current()) : () => undefined;
    const formOf = (name: string): Form => {
      if (form === 'float32') return form;
      return gridOf(name) ? 'codes' : form === 'codes' ? 'float32' : form;
    };
    // What is small already stays as it is, and so do samples, which cost nothing.
    const stays = (name: string, value: KeptValue | undefined): value is KeptValue =>
      value !== undefined &&
      (value.bytes === 0 || value.form !== 'float32' || formOf(name) === 'float32');
    const values = live[kind];
    const first = values[0]?.[0];
    const changed = names.filter((name) => !stays(name, first?.get(name)));
    const source = valueSource(values, changed, between, ledger);
    try {
      for (const [b, bucket] of values.entries()) {
        for (const [c, old] of bucket.entries()) {
          await breathe();
          signal?.throwIfAborted();
          const found = source.chunk(b, c);
          const fresh = new Map(names.map((name) => [name, old.get(name) as KeptValue]));
          for (const name of changed) {
            const value = keepValue(found.get(name) as Tensor, formOf(name), gridOf(name));
            ledger.hold(value.bytes);
            fresh.set(name, value);
          }
          for (const [name, { bytes }] of old) {
            if (fresh.get(name) !== old.get(name)) ledger.hold(-bytes);
          }
          bucket[c] = fresh;
          source.done();
        }
      }
    } finally {
      source.dispose();
    }
  };
  const release = (): void => {
    ledger.hold(-heldBy(live.float) - heldBy(live.quantized));
    cut = 0;
    live.float = samples();
    live.quantized = samples();
  };
  return {
    moveTo: async (index, plan) => {
      if (plan.cut === 0) return release();
      const form = plan.cut === index ? plan.form : 'float32';
      for (const kind of ['float', 'quantized'] as const) {
        const names = [...liveNames(units, plan.cut, kind)];
        const own = kind === 'float' ? floatParts : parts;
        await replace(kind, names, own.slice(cut, plan.cut), form);
      }
      cut = plan.cut;
    },
    keepTargets: async (index, { mode, form }) => {
      if (!keepsTargets(mode)) return;
      const unit = units[index] as Unit;
      const names = new Set([
        ...liveNames(units, index, 'float'),
        ...unit.float.outputs.map(({ name }) => name),
      ]);
      await replace('float', [...names], [unit.float], form);
    },
    source: (kind, index, names) => {
      const own = kind === 'float' ? floatParts.slice(cut, index + 1) : parts.slice(cut, index);
      return valueSource(live[kind], names, own, ledger);
    },
    release,
  };
}
