// pnpm lines -- source lines per package; fails when a file or a package outgrows its budget.
import { globSync, readFileSync } from 'node:fs';

const budget = { file: 300, package: 3000 };
const totals = new Map<string, number>();
const long: string[] = [];

for (const path of globSync('packages/*/src/**/*.ts')) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
  const name = path.split('/')[1] ?? '';
  totals.set(name, (totals.get(name) ?? 0) + lines);
  if (lines > budget.file) long.push(`${path}: ${lines} lines, budget ${budget.file}`);
}
for (const [name, lines] of totals) {
  console.log(`${name.padEnd(16)}${lines}`);
  if (lines > budget.package) long.push(`${name}: ${lines} lines, budget ${budget.package}`);
}
for (const message of long) console.error(message);
process.exitCode = long.length > 0 ? 1 : 0;
