import { expect, test } from 'vitest';
import type { TestEvent } from '../src/events.ts';
import { runFile } from '../src/page/run-file.ts';
import * as page from '../src/page/vitest.ts';

async function eventsOf(load: () => unknown): Promise<readonly TestEvent[]> {
  const events: TestEvent[] = [];
  await runFile(
    async () => load(),
    (event) => events.push(event),
  );
  return events.filter(({ kind }) => kind !== 'start');
}

test('tests of a page pass, fail with their message, are skipped, and hooks run around them', async () => {
  const order: string[] = [];
  const events = await eventsOf(() => {
    page.beforeAll(() => order.push('before all'));
    page.afterAll(() => order.push('after all'));
    page.afterEach(() => order.push('after'));
    page.test('holds', () => page.expect({ a: [1] }).toEqual({ a: [1] }));
    page.describe('group', () => {
      page.test('fails', async () => page.expect(2, 'two').toBe(3));
      page.test.skipIf(true)('skipped', () => order.push('never'));
    });
    page.test.each([[1, 2]])('%i and %i', (a: unknown, b: unknown) =>
      page.expect(a).to.be.lessThan(b as number),
    );
  });
  expect(events).toMatchObject([
    { kind: 'passed', name: 'holds' },
    {
      kind: 'failed',
      name: 'group › fails',
      message: expect.stringMatching(/two: expected 2 to be 3/),
    },
    { kind: 'skipped', name: 'group › skipped' },
    { kind: 'passed', name: '1 and 2' },
    { kind: 'end' },
  ]);
  expect(order).toEqual(['before all', 'after', 'after', 'after', 'after all']);
});

test('a file that declares no test or cannot be loaded fails', async () => {
  const failed = { kind: 'failed', name: '(loading the file)' };
  expect(await eventsOf(() => undefined)).toMatchObject([
    { ...failed, message: expect.stringContaining('the file declares no test') },
    { kind: 'end' },
  ]);
  const broken = await eventsOf(() => {
    page.test('never', () => undefined);
    throw new Error('no such module');
  });
  expect(broken).toMatchObject([
    { ...failed, message: expect.stringContaining('no such module') },
    { kind: 'end' },
  ]);
});
