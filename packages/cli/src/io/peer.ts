import { CliError } from '../errors.ts';

/**
 * Loads a package that only some commands need and that therefore is not installed with subbyte.
 * @throws CliError with the line that installs it.
 */
export async function loadPeer<Module>(
  name: string,
  purpose: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND');
    const what = isMissing ? 'is not installed' : `does not load (${(error as Error).message})`;
    throw new CliError(`${purpose} needs ${name}, which ${what}: npm install ${name}`, {
      cause: error,
    });
  }
}
