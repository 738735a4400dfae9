import { UsageError } from '../errors.ts';
import { didYouMean } from '../options/nearest.ts';
import { openCifar10 } from './cifar10.ts';
import { openFolder } from './folder.ts';
import { openNpy } from './npy.ts';
import { openOcr } from './ocr.ts';
import { openOcrPages } from './ocr-pages.ts';
import { openRandom } from './random.ts';
import type { OpenSource, Source, SourceOptions } from './source.ts';

/** A kind of source: how it is written and opened. */
interface SourceKind {
  /** What stands after the colon; absent: nothing does. */
  readonly place?: string;
  readonly open: OpenSource;
}

const kinds = {
  cifar10: { place: 'DIR', open: openCifar10 },
  folder: { place: 'DIR', open: openFolder },
  npy: { place: 'FILE', open: openNpy },
  ocr: { open: openOcr },
  'ocr-pages': { open: openOcrPages },
  random: { open: openRandom },
} as const satisfies Record<string, SourceKind>;

/** The ways to write a source, for messages and help. */
export const sourceSyntax: string = Object.entries<SourceKind>(kinds)
  .map(([name, { place }]) => (place ? `${name}:${place}` : name))
  .join(' | ');

/**
 * Opens a source like `cifar10:DIR` or `random`.
 * @throws UsageError for an unknown kind; CliError when its files are missing or broken.
 */
export async function openSource(text: string, options: SourceOptions): Promise<Source> {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const place = colon < 0 ? '' : text.slice(colon + 1);
  if (!Object.hasOwn(kinds, name)) {
    const hint = didYouMean(name, Object.keys(kinds));
    throw new UsageError(`unknown data source "${text}", expected ${sourceSyntax}${hint}`);
  }
  const kind: SourceKind = kinds[name as keyof typeof kinds];
  if ((kind.place !== undefined) !== (place !== '')) {
    const wanted = kind.place ? `${name}:${kind.place}` : name;
    throw new UsageError(`data source "${text}", expected ${wanted}`);
  }
  return kind.open(place, options);
}
