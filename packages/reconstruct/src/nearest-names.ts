import { distance } from 'fastest-levenshtein';

/** The three of `names` that are most like `name`, quoted. */
export function nearestNames(name: string, names: readonly string[]): string {
  return names
    .map((known) => ({ known, cost: distance(name.slice(0, 200), known.slice(0, 200)) }))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 3)
    .map(({ known }) => `"${known}"`)
    .join(', ');
}
