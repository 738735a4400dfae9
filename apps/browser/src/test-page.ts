import type { Browser } from 'playwright-core';
import { BrowserError } from './errors.ts';
import type { TestEvent } from './events.ts';

/** What became of the tests of one file. */
export interface FileResult {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

/** A tab that runs one test file after the other, each in a fresh page. */
export interface TestPage {
  /**
   * Opens a test file and waits for its end.
   * @throws BrowserError when the page hangs or crashes, with the test that was running; the tab is
   * of no use afterwards.
   */
  run(address: string): Promise<FileResult>;
}

const opening = '(opening the page)';

/**
 * Opens a tab.
 * @param given what pages find as `globalThis.given`.
 * @param patience milliseconds without any news after which a page counts as hung.
 */
export async function openTestPage(
  browser: Browser,
  given: unknown,
  patience: number,
): Promise<TestPage> {
  const page = await browser.newPage();
  let running = opening;
  let timer: NodeJS.Timeout | undefined;
  let listen = (_: TestEvent): void => undefined;
  let giveUp = (_: string): void => undefined;
  let fail = (_: string): void => undefined;
  await page.exposeFunction('report', (event: TestEvent) => listen(event));
  await page.addInitScript(`globalThis.given = ${JSON.stringify(given)};`);
  page.on('crash', () => giveUp('the page crashed'));
  page.on('pageerror', ({ message }) => fail(message));
  return {
    run: async (address) => {
      let [passed, skipped] = [0, 0];
      const failures: { name: string; message: string }[] = [];
      running = opening;
      try {
        await new Promise<void>((resolve, reject) => {
          const expectNews = (): void => {
            clearTimeout(timer);
            timer = setTimeout(() => giveUp(`no news for ${patience / 1000} s`), patience);
          };
          giveUp = (what) => reject(new BrowserError(`${what} during "${running}"`));
          fail = (message) => {
            if (running === opening) giveUp(message);
            else failures.push({ name: running, message: `outside of any test: ${message}` });
          };
          listen = (event) => {
            expectNews();
            if (event.kind === 'start') running = event.name;
            else if (event.kind === 'passed') passed++;
            else if (event.kind === 'skipped') skipped++;
            else if (event.kind === 'failed') failures.push(event);
            else resolve();
          };
          expectNews();
          page.goto(address, { timeout: patience }).catch(reject);
        });
      } finally {
        clearTimeout(timer);
      }
      return { passed, skipped, failures };
    },
  };
}
