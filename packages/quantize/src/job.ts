// Checkpoints belong to one job: the same model, data and settings. Anything else would mix units of
// different networks, and no error would tell.

import type { Graph } from '@subbyte/graph';
import type { CheckpointStore, NamedBatch } from '@subbyte/reconstruct';
import type { ResolvedConfig } from './config.ts';
import { QuantizeError } from './errors.ts';
import { createFingerprint } from './fingerprint.ts';

/** What makes a job the same job, as it stands in a store. */
interface Job {
  readonly version: 1;
  /** Fingerprint of the float graph. */
  readonly model: string;
  /** Of the calibration samples. */
  readonly calibration: string;
  /** Of all grids before anything is learned: they change with versions of this library. */
  readonly grids: string;
  /** The complete configuration. */
  readonly settings: { readonly [name: string]: unknown };
}

/** What a job is made of. */
export interface JobParts {
  /** The simplified float graph. */
  readonly float: Graph;
  /** The same with quantizers. */
  readonly quantized: Graph;
  readonly batches: readonly NamedBatch[];
  readonly config: ResolvedConfig;
}

/** The name under which a store keeps what it belongs to. */
const jobName = 'job';

function graphFingerprint({ inputs, outputs, nodes, constants }: Graph): string {
  const fingerprint = createFingerprint();
  fingerprint.addText(JSON.stringify([inputs, outputs, nodes]));
  for (const [name, value] of constants) {
    fingerprint.addText(name);
    fingerprint.addTensor(value);
  }
  return fingerprint.digest();
}

function jobOf({ float, quantized, batches, config }: JobParts): Job {
  const calibration = createFingerprint();
  for (const batch of batches) {
    for (const [name, value] of Object.entries(batch)) {
      calibration.addText(name);
      calibration.addTensor(value);
    }
  }
  const grids = createFingerprint();
  grids.addText(JSON.stringify(quantized.nodes));
  const settings = { ...config, activationOps: [...config.activationOps].sort() };
  return {
    version: 1,
    model: graphFingerprint(float),
    calibration: calibration.digest(),
    grids: grids.digest(),
    settings: JSON.parse(JSON.stringify(settings)),
  };
}

/** The first value in which two settings differ, as `weights.bits is 4, expected 3`. */
function firstDifference(found: unknown, expected: unknown, path = ''): string | undefined {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one === other) return undefined;
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(found) || !isRecord(expected)) {
    return `${path} is ${one ?? 'absent'}, expected ${other ?? 'none'}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const inner = firstDifference(found[key], expected[key], path === '' ? key : `${path}.${key}`);
    if (inner) return inner;
  }
  return undefined;
}

/**
 * Makes the store this job's, or sees that it is.
 * @throws QuantizeError when it belongs to another job, naming what differs, or is damaged.
 */
export async function claimStore(store: CheckpointStore, parts: JobParts): Promise<void> {
  const job = jobOf(parts);
  const bytes = await store.read(jobName);
  if (!bytes) return store.write(jobName, new TextEncoder().encode(JSON.stringify(job)));
  let found: Partial<Job>;
  try {
    found = { ...JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch (cause) {
    throw new QuantizeError(`checkpoint "${jobName}" is damaged: remove it all to start over`, {
      cause,
    });
  }
  const another = (what: string): QuantizeError =>
    new QuantizeError(
      `the checkpoint is of another job: ${what}; go on with what it was started with, or start over in an empty place`,
    );
  if (found.version !== job.version) {
    throw another(`its version is ${found.version}, expected ${job.version}`);
  }
  const setting = firstDifference(found.settings, job.settings);
  if (setting) throw another(setting);
  if (found.model !== job.model) throw another('the model differs');
  if (found.calibration !== job.calibration) throw another('the calibration data differ');
  if (found.grids !== job.grids) throw another('ranges come out differently, by another version');
}
