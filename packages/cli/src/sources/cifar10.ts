import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cifar10, type Dataset } from '@subbyte/datasets';
import { CliError } from '../errors.ts';
import { readBytes } from '../io/files.ts';
import { pictureSource } from './pictures.ts';
import type { OpenSource } from './source.ts';

/** Names of the files of a part: in one file, or as they are distributed. */
const filesOfSplit = {
  train: /^(train|data_batch_\d)\.bin$/,
  test: /^(test|test_batch)\.bin$/,
} as const;

/**
 * The binary files of CIFAR-10 in a folder: `train.bin` and `test.bin`, or the original names.
 * @throws CliError when they are missing.
 */
export async function cifar10Folder(folder: string, split: 'train' | 'test'): Promise<Dataset> {
  const names = await readdir(folder).catch(() => {
    throw new CliError(`cifar10:${folder}: no such folder`);
  });
  const wanted = names.filter((name) => filesOfSplit[split].test(name)).sort();
  if (wanted.length === 0) {
    throw new CliError(`cifar10:${folder}: no ${split}.bin there (nor the original file names)`);
  }
  const parts = await Promise.all(wanted.map((name) => readBytes(join(folder, name))));
  return cifar10(Buffer.concat(parts));
}

/** A part of CIFAR-10 as a source. */
export const openCifar10: OpenSource = async (folder, options) => {
  const dataset = await cifar10Folder(folder, options.split);
  return pictureSource(() => dataset)(options);
};
