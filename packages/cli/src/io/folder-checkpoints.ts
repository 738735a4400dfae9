import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '@subbyte/quantize';
import { CliError } from '../errors.ts';
import { readBytes, writeAtomically } from './files.ts';

/** A folder of checkpoints. */
export interface FolderCheckpoints extends CheckpointStore {
  /** Whether something is kept under `name`. */
  has(name: string): Promise<boolean>;
}

/**
 * Keeps checkpoints as files of a folder, each written whole or not at all; makes the folder.
 * @throws CliError when there can be no such folder.
 */
export async function folderCheckpoints(folder: string): Promise<FolderCheckpoints> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new CliError(`cannot keep checkpoints in ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const pathOf = (name: string): string => {
    if (/^\w[\w.-]*$/.test(name)) return join(folder, name);
    throw new CliError(`"${name}" cannot name a checkpoint: expected letters, digits, . _ -`);
  };
  const has = async (name: string): Promise<boolean> => {
    const found = await stat(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    return found !== undefined;
  };
  return {
    has,
    read: async (name) => ((await has(name)) ? readBytes(pathOf(name)) : undefined),
    write: (name, bytes) => writeAtomically(pathOf(name), bytes),
  };
}
