import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserTests } from './browser-tests.ts';
import { bundleTests, root } from './bundle.ts';
import { findChromium, startChromium } from './chromium.ts';
import { runQuantized } from './quantized-network.ts';
import { serve } from './serve.ts';
import { shortTraining } from './short-training.ts';
import { openTestPage, type TestPage } from './test-page.ts';

/** How many tests passed, failed and were skipped. */
export interface BrowserCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Milliseconds without news after which a page counts as hung. */
const patience = 300_000;

const modes = [
  { path: 'isolated', title: 'with cross-origin isolation' },
  { path: 'plain', title: 'without cross-origin isolation' },
] as const;

const message = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Runs all files in one mode; a page that hangs ends it. */
async function runMode(
  page: TestPage,
  mode: string,
  address: string,
  files: readonly string[],
): Promise<BrowserCount> {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const fail = (name: string, text: string): void => {
      count.failed++;
      console.error(`FAILED ${file}, ${mode} › ${name}\n  ${text.replaceAll('\n', '\n  ')}`);
    };
    const start = performance.now();
    try {
      const result = await page.run(`${address}?file=${file}`);
      count.passed += result.passed;
      count.skipped += result.skipped;
      for (const { name, message: text } of result.failures) fail(name, text);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(
        `${result.failures.length > 0 ? 'FAILED' : 'ok    '} ${file}: ${result.passed} in ${seconds} s, ${mode}`,
      );
    } catch (error) {
      fail('the page', `${message(error)}; the files after it were not run`);
      return count;
    }
  }
  return count;
}

/**
 * Runs the test files that need no Node in headless Chromium, with and without cross-origin
 * isolation. Where there is no Chromium they are skipped, as one; with `CI` set that is a failure.
 * @param only words of which the path of a file must contain one; without words all run.
 */
export async function testBrowser(only: readonly string[] = []): Promise<BrowserCount> {
  const executable = findChromium();
  if (!executable) {
    const hint =
      'install it (Debian: apt-get install chromium) or set SUBBYTE_CHROMIUM to its path';
    const isFailure = Boolean(process.env.CI) && process.env.CI !== 'false';
    console.log(`${isFailure ? 'FAILED' : 'skipped'}: no Chromium; ${hint}`);
    return { passed: 0, failed: isFailure ? 1 : 0, skipped: isFailure ? 0 : 1 };
  }
  const all = browserTests(root);
  const files =
    only.length > 0 ? all.filter((file) => only.some((word) => file.includes(word))) : all;
  const folder = mkdtempSync(join(tmpdir(), 'subbyte-browser-'));
  const count = { passed: 0, failed: 0, skipped: 0 };
  try {
    await bundleTests(files, folder);
    const fromNode = await shortTraining(1);
    const { compiled: quantizedInNode } = await runQuantized(1);
    const server = await serve(folder);
    try {
      // Side by side: most files keep one core busy.
      const parts = await Promise.all(
        modes.map(async ({ path, title }): Promise<BrowserCount> => {
          const browser = await startChromium(executable);
          console.log(`Chromium ${browser.version()}, ${title}`);
          const given = { isolated: path === 'isolated', fromNode, quantizedInNode };
          try {
            const page = await openTestPage(browser, given, patience);
            const part = await runMode(page, path, `${server.origin}/${path}/`, files);
            console.log(
              `${part.passed} passed, ${part.failed} failed, ${part.skipped} skipped ${title}`,
            );
            return part;
          } finally {
            await browser.close();
          }
        }),
      );
      for (const part of parts) {
        count.passed += part.passed;
        count.failed += part.failed;
        count.skipped += part.skipped;
      }
    } finally {
      server.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return count;
}
