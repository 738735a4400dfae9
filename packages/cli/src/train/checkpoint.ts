import { decodeSafetensors, encodeSafetensors, loadTree } from '@subbyte/nn';
import { CliError } from '../errors.ts';
import { readBytes, writeAtomically } from '../io/files.ts';
import { stepOf, type Trained } from './train.ts';

/** What a run was started with; a run that goes on must be started with the same. */
export type Settings = Readonly<Record<string, string | number>>;

const text = (settings: Settings): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));

/** Keeps a training in a safetensors file, whole or not at all. */
export async function writeCheckpoint(
  path: string,
  trained: Trained,
  settings: Settings,
): Promise<void> {
  const metadata = { ...text(settings), step: String(stepOf(trained)) };
  await writeAtomically(path, encodeSafetensors(trained, metadata));
}

/**
 * Reads a training back.
 * @param like a fresh training of the same network.
 * @throws CliError when the run was started with other settings, SafetensorsError when the file is
 * broken or of another network.
 */
export async function readCheckpoint(
  path: string,
  like: Trained,
  settings: Settings,
): Promise<Trained> {
  const file = decodeSafetensors(await readBytes(path));
  for (const [name, value] of Object.entries(text(settings))) {
    const found = file.metadata[name];
    if (found !== value) {
      throw new CliError(
        `${path} is of a run with ${name} ${found ?? 'unknown'}, expected ${value}: give the options it was started with`,
      );
    }
  }
  return loadTree(file, like);
}
