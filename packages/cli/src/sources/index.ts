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
  /** Photographs: what they show may as well be seen in a mirror. */
  readonly hasPhotographs?: true;
  readonly open: OpenSource;
}

const kinds = {
  cifar10: { place: 'DIR', hasPhotographs: true, open: openCifar10 },
  folder: { place: 'DIR', hasPhotographs: true, open: openFolder },
  npy: { place: 'FILE', open: openNpy },
  ocr: { open: openOcr },
  'ocr-pages': { open: openOcrPages },
  random: { open: openRandom },
} as const satisfies Record<string, SourceKind>;

/** The ways to write a source, for messages and help. */
export const sourceSyntax: string = Object.entries<SourceKind>(kinds)
  .map(([name, { place }]) => (place ? `${name}:${place}` : name))
  .join(' | ');

const nameOf = (text: string): string => text.split(':', 1)[0] as string;

/** Whether a source has photographs, as it is written. */
export function hasPhotographs(text: string): boolean {
  const name = nameOf(text);
  const kind: SourceKind | undefined = Object.hasOwn(kinds, name)
    ? kinds[name as keyof typeof kinds]
    : undefined;
  return kind?.hasPhotographs ?? false;
}

/**
 * Opens a source like `cifar10:DIR` or `random`.
 * @throws UsageError for an unknown kind; CliError when its files are missing or broken.
 */
export async function openSource(text: string, options: SourceOptions): Promise<Source> {
  const colon = text.indexOf(':');
  const name = nameOf(text);
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
