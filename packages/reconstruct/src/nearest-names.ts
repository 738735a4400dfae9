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
