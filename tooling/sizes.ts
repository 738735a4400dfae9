// pnpm lines -- source lines per package; fails when a file or a package outgrows its budget.
import { globSync, readFileSync } from 'node:fs';

const budget = { file: 300, package: 3000 };
/** Packages that are one thing with two halves or many small rules; raise with a reason, not in passing. */
const larger: Readonly<Record<string, number>> = {
  // Import and export, one rule per operator each way.
  onnx: 4500,
  // Kernels of inference, of training, on codes (with offsets of their grids) and with packed weights, with their shape and data-type rules.
  kernels: 5300,
  // The same kernels' bindings, with several algorithms for products of codes (bytes, lanes, bit planes, packed weights, tables,
  // pairs, shifts) and offsets; the next to come should move src/integer to a package of its own.
  'kernels-wasm': 5800,
  // Inference, executor, passes, tracing and gradients.
  graph: 4400,
  // One file per command, option group, engine and source; the benchmarks that pages share.
  cli: 4350,
};
const totals = new Map<string, number>();
const long: string[] = [];

for (const path of globSync('packages/*/src/**/*.ts')) {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
  // Conformance cases are tests that happen to be published.
  if (path.includes('/conformance/')) continue;
  const name = path.split('/')[1] ?? '';
  totals.set(name, (totals.get(name) ?? 0) + lines);
  if (lines > budget.file) long.push(`${path}: ${lines} lines, budget ${budget.file}`);
}
for (const [name, lines] of totals) {
  console.log(`${name.padEnd(16)}${lines}`);
  const most = larger[name] ?? budget.package;
  if (lines > most) long.push(`${name}: ${lines} lines, budget ${most}`);
}
for (const message of long) console.error(message);
process.exitCode = long.length > 0 ? 1 : 0;
