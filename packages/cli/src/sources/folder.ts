import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type Image, imageFolder, isImagePath } from '@subbyte/datasets';
import { CliError } from '../errors.ts';
import { loadPeer } from '../io/peer.ts';
import { pictureSource } from './pictures.ts';
import type { OpenSource } from './source.ts';

/** Pictures in class folders, `cat/1.png`, or in one folder without classes. */
export const openFolder: OpenSource = async (folder, options) => {
  const { default: sharp } = await loadPeer('sharp', 'reading pictures', () => import('sharp'));
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new CliError(`folder:${folder}: no such folder`);
  });
  const paths = names.map((name) => name.split(sep).join('/')).filter(isImagePath);
  if (paths.length === 0) throw new CliError(`folder:${folder}: no pictures there`);
  const decode =
    (channels: 1 | 3) =>
    async (path: string): Promise<Image> => {
      try {
        const picture = sharp(join(folder, path)).rotate().flatten({ background: 'white' });
        const coloured = picture.toColourspace(channels === 1 ? 'b-w' : 'srgb');
        const { data, info } = await coloured.raw().toBuffer({ resolveWithObject: true });
        return { width: info.width, height: info.height, channels, data };
      } catch (error) {
        throw new CliError(`cannot read the picture ${join(folder, path)}: ${error}`, {
          cause: error,
        });
      }
    };
  return pictureSource((channels) => imageFolder(paths, decode(channels)))(options);
};
