import type { TestEvent } from '../events.ts';
import { type Declared, takeDeclared } from './vitest.ts';

/** Sends an event at once, also when the thread does not rest afterwards. */
type Report = (event: TestEvent) => unknown;

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);

async function runAll(bodies: readonly (() => unknown)[]): Promise<void> {
  for (const body of bodies) await body();
}

async function runTests(declared: Declared, report: Report): Promise<void> {
  const { tests, beforeEach, afterEach } = declared;
  for (const { name, body, skipped } of tests) {
    if (skipped) {
      report({ kind: 'skipped', name });
      continue;
    }
    report({ kind: 'start', name });
    let failure: TestEvent | undefined;
    for (const part of [() => runAll(beforeEach), body, () => runAll([...afterEach].reverse())]) {
      try {
        await part();
      } catch (error) {
        failure ??= { kind: 'failed', name, message: messageOf(error) };
      }
    }
    report(failure ?? { kind: 'passed', name });
  }
}

/**
 * Loads a test file and runs what it declares, one test after the other; what happens goes to
 * `report` before it goes on, so that a test that never ends is known by name. A file that cannot
 * be loaded, declares no test, or fails in a hook for all of them is a failed test of its own.
 */
export async function runFile(load: () => Promise<unknown>, report: Report): Promise<void> {
  const attempt = async (name: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      report({ kind: 'failed', name, message: messageOf(error) });
      return false;
    }
  };
  let declared = takeDeclared();
  const isReady = await attempt('(loading the file)', async () => {
    report({ kind: 'start', name: '(loading the file)' });
    await load();
    declared = takeDeclared();
    if (declared.tests.length === 0) throw new Error('the file declares no test');
    await runAll(declared.beforeAll);
  });
  if (isReady) await runTests(declared, report);
  await attempt('(after all tests)', () => runAll([...declared.afterAll].reverse()));
  report({ kind: 'end' });
}
