import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  EEXIST: 'a file of this name is there',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the device',
};

function fileError(action: string, path: string, error: unknown): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new CliError(`cannot ${action} ${path}: ${reason}`, { cause: error });
}

/**
 * The bytes of a file.
 * @throws CliError naming the path and the reason.
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { buffer, byteOffset, length } = await readFile(path);
    // A plain array: the methods of Node's Buffer differ from those that libraries count on.
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/**
 * Checks that a file can be written at `path`, before hours of work are spent on its content.
 * @throws CliError when the folder is missing or `path` is a folder.
 */
export async function checkWritable(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch((error: unknown) => {
    throw fileError('write', path, error);
  });
  if (!found.isDirectory()) throw new CliError(`cannot write ${path}: ${folder} is not a folder`);
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw new CliError(`cannot write ${path}: it is a folder`);
}

/**
 * Makes a folder, and those it lies in, unless it is there.
 * @throws CliError when that is impossible.
 */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileError('make', path, error);
  });
}

/**
 * Writes a whole file or none: to a temporary name in the same folder, to the disk, then renamed.
 * When anything fails or `signal` aborts, the temporary file is removed and `path` stays as it was.
 * @throws CliError naming the path and the reason.
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  signal?: AbortSignal,
): Promise<void> {
  const temporary = join(dirname(path), `.subbyte-${randomUUID()}.tmp`);
  let file: FileHandle | undefined;
  try {
    signal?.throwIfAborted();
    file = await open(temporary, 'wx');
    await file.writeFile(content, { signal });
    await file.sync();
    await file.close();
    signal?.throwIfAborted();
    await rename(temporary, path);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true });
    if (signal?.aborted) throw signal.reason;
    throw fileError('write', path, error);
  }
}
