// What is kept of each finished unit, so that an interrupted reconstruction goes on behind it.

import { decodeSafetensors, encodeSafetensors } from '@subbyte/nn';
import { parseQuantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { QuantizeError } from '../errors.ts';
import type { UnitOutcome } from './outcome.ts';
import type { UnitReport } from './pass.ts';

/** Where checkpoints go: a folder, the origin-private file system of a browser, a map. */
export interface CheckpointStore {
  /** The bytes written under `name`; `undefined` when there are none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Writes all bytes or none. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A finished unit. */
export interface FinishedUnit {
  readonly outcome: UnitOutcome;
  readonly report: UnitReport;
}

/** Writes a finished unit under `key`. */
export async function storeUnit(
  store: CheckpointStore,
  key: string,
  { outcome, report }: FinishedUnit,
): Promise<void> {
  const bytes = encodeSafetensors(Object.fromEntries(outcome.constants), {
    report: JSON.stringify(report),
    weights: JSON.stringify([...outcome.weights]),
    activations: JSON.stringify([...outcome.activations]),
  });
  await store.write(key, bytes);
}

function quantizersOf(text: string | undefined): Map<string, UniformQuantizer> {
  const entries = JSON.parse(text ?? '[]') as readonly (readonly [string, unknown])[];
  return new Map(entries.map(([name, data]) => [name, parseQuantizer(data) as UniformQuantizer]));
}

/**
 * Reads a finished unit back.
 * @throws QuantizeError when what is stored under `key` is no finished unit.
 */
export async function restoreUnit(
  store: CheckpointStore,
  key: string,
): Promise<FinishedUnit | undefined> {
  const bytes = await store.read(key);
  if (!bytes) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return {
      outcome: {
        constants: tensors,
        weights: quantizersOf(metadata.weights),
        activations: quantizersOf(metadata.activations),
      },
      report: JSON.parse(metadata.report as string) as UnitReport,
    };
  } catch (cause) {
    throw new QuantizeError(`checkpoint "${key}" is damaged: remove it to start over`, { cause });
  }
}
