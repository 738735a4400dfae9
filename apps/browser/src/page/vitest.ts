// Stands in for vitest where test files run in a page: its assertions, and of the rest what they use.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  type ExpectStatic,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

type Body = () => unknown;

/** A test as its file declared it. */
export interface DeclaredTest {
  readonly name: string;
  readonly body: Body;
  readonly skipped: boolean;
}

/** What a file declared. */
export interface Declared {
  readonly tests: readonly DeclaredTest[];
  readonly beforeAll: readonly Body[];
  readonly afterAll: readonly Body[];
  readonly beforeEach: readonly Body[];
  readonly afterEach: readonly Body[];
}

const found = {
  tests: [] as DeclaredTest[],
  beforeAll: [] as Body[],
  afterAll: [] as Body[],
  beforeEach: [] as Body[],
  afterEach: [] as Body[],
};
const groups: string[] = [];

/** Everything that was declared so far; forgets it. */
export function takeDeclared(): Declared {
  const taken = { ...found };
  for (const key of Object.keys(found) as (keyof typeof found)[]) found[key] = [];
  return taken;
}

/** The body, which comes before or after options or a timeout. */
const bodyOf = (rest: readonly unknown[]): Body => {
  const body = rest.find((value) => typeof value === 'function');
  if (!body) throw new Error('a test without a function');
  return body as Body;
};

type Declare = (name: string, ...rest: readonly unknown[]) => void;

const declare =
  (skipped: boolean): Declare =>
  (name, ...rest) => {
    found.tests.push({ name: [...groups, name].join(' › '), body: bodyOf(rest), skipped });
  };

/** `%s` and the like, and `$key` of a row that is an object. */
function titleOf(title: string, row: unknown, index: number): string {
  const values = Array.isArray(row) ? [...row] : [row];
  const filled = title.replace(/%[sdifjoOp#]/g, (mark) =>
    mark === '%#' ? String(index) : String(values.shift()),
  );
  return filled.replace(/\$(\w+)/g, (mark, key: string) =>
    typeof row === 'object' && row !== null && key in row
      ? String((row as Record<string, unknown>)[key])
      : mark,
  );
}

const each =
  (rows: readonly unknown[]) =>
  (title: string, ...rest: readonly unknown[]): void => {
    const body = bodyOf(rest) as (...values: readonly unknown[]) => unknown;
    for (const [index, row] of rows.entries()) {
      const run = () => (Array.isArray(row) ? body(...row) : body(row));
      declare(false)(titleOf(title, row, index), run);
    }
  };

/** Declares a test. */
export const test: Declare & {
  readonly skip: Declare;
  readonly skipIf: (condition: unknown) => Declare;
  readonly runIf: (condition: unknown) => Declare;
  readonly each: typeof each;
} = Object.assign(declare(false), {
  skip: declare(true),
  skipIf: (condition: unknown) => declare(Boolean(condition)),
  runIf: (condition: unknown) => declare(!condition),
  each,
});

/** Declares the tests that `body` declares under a common name. */
export function describe(name: string, body: () => void): void {
  groups.push(name);
  body();
  groups.pop();
}

const hook =
  (list: 'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach') =>
  (body: Body): void => {
    found[list].push(body);
  };

/** Runs before the tests of the file. */
export const beforeAll: (body: Body) => void = hook('beforeAll');
/** Runs after the tests of the file. */
export const afterAll: (body: Body) => void = hook('afterAll');
/** Runs before each test. @public */
export const beforeEach: (body: Body) => void = hook('beforeEach');
/** Runs after each test. */
export const afterEach: (body: Body) => void = hook('afterEach');

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

/** vitest's assertions. */
export const expect: ExpectStatic = ((value: unknown, message?: string) => {
  setState({ assertionCalls: getState(expect as never).assertionCalls + 1 }, expect as never);
  return chai.expect(value, message);
}) as unknown as ExpectStatic;
Object.assign(expect, chai.expect, (globalThis as never)[ASYMMETRIC_MATCHERS_OBJECT], {
  unreachable: (message?: string) => {
    chai.assert.fail(`unreachable${message ? `: ${message}` : ''}`);
  },
});
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, configurable: true });
setState(
  { assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null },
  expect as never,
);
(chai.expect as unknown as { extend(target: object, matchers: object): void }).extend(
  expect,
  customMatchers,
);
