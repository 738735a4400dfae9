import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const generator = join(root, 'tooling', 'new-package.ts');
let workspace = '';

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'subbyte-new-'));
  for (const name of [
    'package.json',
    'turbo.json',
    'tsconfig.json',
    'vitest.config.ts',
    'tooling/test-setup.ts',
  ]) {
    cpSync(join(root, name), join(workspace, name));
  }
  symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules'));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

const run = (folder: string, command: string, ...words: string[]): string =>
  execFileSync(command, words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
const tool = (name: string): string => join(root, 'node_modules', '.bin', name);

test('the generator writes a package that builds and passes its test', () => {
  run(workspace, process.execPath, generator, 'sample', 'base', 'A package made by a test.');
  const folder = join(workspace, 'packages', 'sample');
  symlinkSync(join(root, 'packages', 'tensor', 'node_modules'), join(folder, 'node_modules'));
  run(folder, join(folder, 'node_modules', '.bin', 'tsup'));
  run(folder, tool('tsc'), '-p', 'tsconfig.build.json');
  expect(readFileSync(join(folder, 'dist', 'index.d.ts'), 'utf8')).toContain('hello');
  const built = run(
    folder,
    process.execPath,
    '-e',
    "import('./dist/index.js').then(({ hello }) => console.log(hello()))",
  );
  expect(built.trim()).toBe('sample');
  expect(run(workspace, tool('vitest'), 'run', 'packages/sample')).toContain('1 passed');
}, 120_000);

test('the generator refuses an unknown tag and an existing package', () => {
  const make = (...words: string[]) => run(workspace, process.execPath, generator, ...words);
  expect(() => make('other', 'nonsense', 'A package.')).toThrow('expected one of tooling');
  expect(() => make('../other', 'base', 'A package.')).toThrow('usage');
  expect(() => make('sample', 'base', 'A package.')).toThrow('EEXIST');
});
