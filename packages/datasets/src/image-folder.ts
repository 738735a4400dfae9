import { DatasetError } from './errors.ts';
import type { Dataset, Image } from './types.ts';

/** Whether `path` ends like a picture (png, jpg, webp, …) and is not hidden. */
export function isImagePath(path: string): boolean {
  return /(^|\/)[^./][^/]*\.(avif|bmp|gif|jpe?g|png|tiff?|webp)$/i.test(path);
}

// Code units, not the locale: the numbers of classes must not depend on the machine.
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Pictures in class folders: `cat/1.png`, `dog/2.png`. Classes are the first folder of each path,
 * numbered in the order of their names; pictures that lie in no folder have no classes.
 * @param paths relative to the dataset's folder, with `/`; any order.
 * @param decode reads one of them.
 * @throws DatasetError when there are none, or only some lie in a class folder.
 */
export function imageFolder(
  paths: readonly string[],
  decode: (path: string) => Image | Promise<Image>,
): Dataset {
  if (paths.length === 0) throw new DatasetError('image folder: no pictures');
  const sorted = [...paths].sort(byCodeUnits);
  const size = sorted.length;
  const item = (index: number): Image | Promise<Image> => decode(sorted[index] as string);
  const folders = sorted.map((path) => path.slice(0, Math.max(0, path.indexOf('/'))));
  const stray = folders.indexOf('');
  if (folders.every((folder) => folder === '')) return { size, item };
  if (stray >= 0) {
    throw new DatasetError(
      `image folder: "${sorted[stray]}" lies beside the class folders, expected all pictures in one`,
    );
  }
  const classNames = [...new Set(folders)].sort(byCodeUnits);
  const number = new Map(classNames.map((name, label) => [name, label]));
  const labels = Int32Array.from(folders, (folder) => number.get(folder) as number);
  return { size, labels, classNames, item };
}
