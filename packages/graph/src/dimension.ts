import type { Dimension } from './types.ts';

/**
 * Reads sample sizes back: a number when all are equal, the name that has these samples, or a
 * multiple or fraction of one (`2*W`, `W/4`); else a name made of the samples, the same wherever
 * the same size occurs. Fractions are labels, not formulas: they may stand for a rounded quotient.
 */
export function dimensionOf(
  sizes: readonly number[],
  symbols: ReadonlyMap<string, readonly number[]>,
): Dimension {
  const [first, second] = sizes as [number, number | undefined];
  if (second === undefined || sizes.every((size) => size === first)) return first;
  for (const [name, [a, b]] of symbols) {
    if (a === undefined || b === undefined) continue;
    const ratio = first / a;
    if (ratio !== second / b) continue;
    if (ratio === 1 && sizes.every((size, i) => size === symbols.get(name)?.[i])) return name;
    if (Number.isInteger(ratio) && ratio > 1) return `${ratio}*${name}`;
    if (Number.isInteger(1 / ratio) && ratio < 1) return `${name}/${1 / ratio}`;
  }
  return `?${first}-${second}`;
}
