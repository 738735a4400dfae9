import type { Dimension } from './types.ts';

type Symbols = ReadonlyMap<string, readonly number[]>;

/** Names and products of two names with their samples. */
function candidates(symbols: Symbols): [name: string, samples: readonly number[]][] {
  const single = [...symbols].filter(([, samples]) => samples.length > 1);
  const products = single.flatMap(([a, x], i) =>
    single
      .slice(i + 1)
      .map(([b, y]): [string, readonly number[]] => [
        `${a}*${b}`,
        x.map((size, sample) => size * (y[sample] as number)),
      ]),
  );
  return [...single, ...products];
}

/**
 * Reads sample sizes back: a number when all are equal, the name that has these samples, a multiple
 * or fraction of a name or of a product of two (`2*W`, `W/4`, `N*W`); else a name made of the
 * samples, the same wherever the same size occurs. Fractions are labels, not formulas: they may
 * stand for a rounded quotient; `~W` is a size that is rounded to something near `W`.
 */
export function dimensionOf(sizes: readonly number[], symbols: Symbols): Dimension {
  const [first, second] = sizes as [number, number | undefined];
  if (second === undefined || sizes.every((size) => size === first)) return first;
  for (const [name, samples] of candidates(symbols)) {
    const ratio = first / (samples[0] as number);
    if (ratio !== second / (samples[1] as number)) continue;
    if (ratio === 1) return sizes.every((size, i) => size === samples[i]) ? name : `~${name}`;
    if (Number.isInteger(ratio)) return `${ratio}*${name}`;
    if (Number.isInteger(1 / ratio)) return `${name}/${1 / ratio}`;
  }
  return `?${first}-${second}`;
}
