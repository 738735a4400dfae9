import { QuantizeError } from './errors.ts';

/** Whether `name` fits `pattern`: an exact name, or one in which `*` stands for anything. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] as string;
  if (parts.length === 1) return first === name;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}

/** The three of `names` that are most like `name`, quoted. */
export function nearestNames(name: string, names: readonly string[]): string {
  return names
    .map((known) => ({ known, cost: distance(name.slice(0, 200), known.slice(0, 200)) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 3)
    .map(({ known }) => `"${known}"`)
    .join(', ');
}

/**
 * Checks that every pattern fits some name.
 * @throws QuantizeError naming the pattern, its `role` and the nearest names.
 */
export function checkPatterns(
  role: string,
  patterns: readonly string[],
  names: readonly string[],
): void {
  for (const pattern of patterns) {
    if (names.some((name) => matches(pattern, name))) continue;
    throw new QuantizeError(
      `${role} "${pattern}": no layer has this name; the nearest are ${nearestNames(pattern, names)}`,
    );
  }
}
