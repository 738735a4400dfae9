import { type CheckpointStore, QuantizeError } from '@subbyte/reconstruct';

async function folderOf(name: string): Promise<FileSystemDirectoryHandle> {
  const storage = globalThis.navigator?.storage;
  if (!storage?.getDirectory) {
    throw new QuantizeError(
      'no origin-private file system here: expected a browser and a secure page (https or localhost)',
    );
  }
  try {
    const root = await storage.getDirectory();
    return await root.getDirectoryHandle(name, { create: true });
  } catch (cause) {
    throw new QuantizeError(`cannot keep checkpoints in "${name}": ${(cause as Error).message}`, {
      cause,
    });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/**
 * Checkpoints in a folder of the browser's origin-private file system, from a page or a worker. It
 * outlives the page; the browser may clear it when space runs short, unless
 * `navigator.storage.persist()` was granted.
 * @param directoryName A plain name; the folder is made when it is not there.
 * @throws QuantizeError where there is no such file system, and for names it refuses.
 */
export async function opfsCheckpoints(directoryName: string): Promise<CheckpointStore> {
  const folder = await folderOf(directoryName);
  return {
    read: async (name) => {
      try {
        const handle = await folder.getFileHandle(name);
        const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
        // Made by `write`, which never came to its end.
        return bytes.length === 0 ? undefined : bytes;
      } catch (cause) {
        if (isMissing(cause)) return undefined;
        throw new QuantizeError(`cannot read checkpoint "${name}": ${(cause as Error).message}`, {
          cause,
        });
      }
    },
    write: async (name, bytes) => {
      try {
        const handle = await folder.getFileHandle(name, { create: true });
        // Goes to a copy that takes the file's place when it is closed.
        const stream = await handle.createWritable();
        try {
          // Shared memory is refused there.
          await stream.write(new Uint8Array(bytes));
        } catch (cause) {
          await stream.abort();
          throw cause;
        }
        await stream.close();
      } catch (cause) {
        throw new QuantizeError(`cannot write checkpoint "${name}": ${(cause as Error).message}`, {
          cause,
        });
      }
    },
  };
}
