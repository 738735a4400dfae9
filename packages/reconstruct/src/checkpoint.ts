// What is kept of each finished unit, so that an interrupted reconstruction goes on behind it.

import { decodeSafetensors, encodeSafetensors } from '@subbyte/nn';
import { parseQuantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { sameShape } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import type { UnitOutcome } from './outcome.ts';
import type { UnitReport } from './pass.ts';
import type { Unit } from './units.ts';

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

/** What in `outcome` is not the unit's, or has another shape; `undefined`: all of it fits. */
function misfitOf({ outcome, report }: FinishedUnit, unit: Unit, pass: string): string | undefined {
  if (report.pass !== pass || report.name !== unit.name) {
    return `it is of ${report.pass} ${report.name}, expected ${pass} ${unit.name}`;
  }
  for (const [name, { shape, dtype }] of outcome.constants) {
    const own = unit.quantized.constants.get(name);
    if (!own) return `"${name}" is no constant of the unit`;
    if (dtype !== own.dtype || !sameShape(shape, own.shape)) {
      return `"${name}" is ${dtype} [${shape}], expected ${own.dtype} [${own.shape}]`;
    }
  }
  const grids = new Map([
    ...unit.weights.map(({ layer, quantizer }) => [`weights ${layer}`, quantizer] as const),
    ...unit.activations.map(({ value, quantizer }) => [`value ${value}`, quantizer] as const),
  ]);
  const found = [
    ...[...outcome.weights].map(([layer, quantizer]) => [`weights ${layer}`, quantizer] as const),
    ...[...outcome.activations].map(([name, quantizer]) => [`value ${name}`, quantizer] as const),
  ];
  for (const [name, { bits, scaleShape }] of found) {
    const own = grids.get(name);
    if (!own) return `the grid of ${name} is not the unit's`;
    if (bits !== own.bits || !sameShape(scaleShape, own.scaleShape)) {
      return `the grid of ${name} has ${bits} bits and scales [${scaleShape}], expected ${own.bits} and [${own.scaleShape}]`;
    }
  }
  return undefined;
}

/**
 * Reads a finished unit of a pass back.
 * @throws QuantizeError when what is stored under `key` is no finished unit, or not this one.
 */
export async function restoreUnit(
  store: CheckpointStore,
  key: string,
  unit: Unit,
  pass: string,
): Promise<FinishedUnit | undefined> {
  const bytes = await store.read(key);
  if (!bytes) return undefined;
  const restored = parseUnit(key, bytes);
  const misfit = misfitOf(restored, unit, pass);
  if (misfit === undefined) return restored;
  throw new QuantizeError(`checkpoint "${key}" does not fit: ${misfit}; remove it to start over`);
}

function parseUnit(key: string, bytes: Uint8Array): FinishedUnit {
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    return {
      outcome: {
        constants: tensors,
        weights: quantizersOf(metadata.weights),
        activations: quantizersOf(metadata.activations),
      },
      report: { ...(JSON.parse(metadata.report as string) as UnitReport) },
    };
  } catch (cause) {
    throw new QuantizeError(`checkpoint "${key}" is damaged: remove it to start over`, { cause });
  }
}
