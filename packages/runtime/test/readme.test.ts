import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { compile } from '../src/index.ts';

test('the snippet of the README gives what its comment says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = stripTypeScriptTypes(snippet.replace(/^import .*$/gm, ''));
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = AsyncFunction('compile', 'tensor', 'toNumbers', `${body}\nreturn ${expression};`);
  expect(await run(compile, tensor, toNumbers)).toEqual(JSON.parse(expected));
});
