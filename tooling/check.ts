// npm test -- every check of the repository, one after another; the last line counts them.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { pnpm, root, run } from './run.ts';
import { testTarballs } from './tarballs.ts';

/** How many checks passed and failed; `skipped`: how many could not be made here. */
interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped?: number;
}

const one = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
const command =
  (...words: readonly string[]) =>
  async (): Promise<Count> =>
    one((await run(words)).code === 0);

interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/** Tests in Node that drive Chromium: they are part of the check of browsers. */
const inChromium = 'apps/bench/test/page.test.ts';

async function tests(...words: readonly string[]): Promise<Count> {
  const reportPath = `${root}node_modules/.vitest-report.json`;
  rmSync(reportPath, { force: true });
  const { code } = await run([
    'vitest',
    'run',
    ...words,
    // One for every core: most tests wait for programs that they start.
    `--maxWorkers=${availableParallelism()}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath}`,
  ]);
  const report = JSON.parse(readFileSync(reportPath, 'utf8')) as TestReport;
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests,
  };
}

const checks: Readonly<Record<string, () => Promise<Count>>> = {
  'lint and format': command('biome', 'check', '.'),
  'package layers': command('turbo', 'boundaries'),
  'line budgets': command('node', 'tooling/sizes.ts'),
  types: command('tsc'),
  'unused code': command('knip'),
  tests: () => tests(`--exclude=${inChromium}`),
  // Loaded when it is its turn: it brings a bundler and a driver of browsers.
  browser: async () => {
    const { testBrowser } = await import('../apps/browser/src/test-browser.ts');
    const [files, page] = [await testBrowser(), await tests(inChromium)];
    return {
      passed: files.passed + page.passed,
      failed: files.failed + page.failed,
      skipped: files.skipped + (page.skipped ?? 0),
    };
  },
  build: command(...pnpm, 'run', 'build', '--output-logs=errors-only'),
  'published packages': command(...pnpm, 'run', 'pack:check', '--output-logs=errors-only'),
  'packed tarballs': testTarballs,
  'bundle sizes': command('size-limit'),
};

process.env.TURBO_TELEMETRY_DISABLED = '1';
process.env.TURBO_NO_UPDATE_NOTIFIER = '1';
process.env.npm_config_loglevel = 'error';
mkdirSync(`${root}out`, { recursive: true });
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  throw new Error(`unknown check "${unknown[0]}"; there are: ${Object.keys(checks).join(', ')}`);
}
const failures: string[] = [];
let passed = 0;
let failed = 0;
let skipped = 0;
for (const [name, check] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 70 - name.length))}`);
  const start = performance.now();
  let count: Count;
  try {
    count = await check();
  } catch (error) {
    console.error(error);
    count = { passed: 0, failed: 1 };
  }
  passed += count.passed;
  failed += count.failed;
  skipped += count.skipped ?? 0;
  if (count.failed > 0) failures.push(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${name}: ${count.failed > 0 ? 'FAILED' : 'ok'} in ${seconds} s`);
}
console.log(failures.length > 0 ? `\nfailed: ${failures.join(', ')}` : '');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
