import { readFileSync, realpathSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { CliError } from '../errors.ts';
import { readBytes } from './files.ts';

/** An ONNX file and the way to the weights it keeps in files beside it. */
export interface ModelFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /**
   * The bytes of an external data file.
   * @throws CliError when `location` leads out of the model's folder or cannot be read.
   */
  externalData(location: string): Uint8Array;
}

/**
 * Reads an ONNX file.
 * @throws CliError naming the path and the reason.
 */
export async function openModel(path: string): Promise<ModelFile> {
  const bytes = await readBytes(path);
  const folder = realpathSync(dirname(resolve(path)));
  return {
    path,
    bytes,
    externalData: (location) => {
      const target = resolve(folder, location);
      let real: string;
      try {
        real = realpathSync(target);
      } catch (error) {
        throw new CliError(`${path}: its external data file "${location}" is missing`, {
          cause: error,
        });
      }
      // Symbolic links are followed first, so that they cannot lead out either.
      const way = relative(folder, real);
      if (way === '..' || way.startsWith(`..${sep}`) || resolve(folder, way) !== real) {
        throw new CliError(
          `${path}: external data "${location}" is outside the model's folder, which is not allowed`,
        );
      }
      return new Uint8Array(readFileSync(real));
    },
  };
}
