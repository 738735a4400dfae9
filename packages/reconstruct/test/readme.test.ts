import { readFileSync } from 'node:fs';
import * as autograd from '@subbyte/autograd';
import * as graphs from '@subbyte/graph';
import * as quantizers from '@subbyte/quantizers';
import * as tensors from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as reconstruction from '../src/index.ts';

test('the snippet of the README gives what its comment says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const [, expression, expected = ''] = /^(units.*); \/\/ (.*)$/m.exec(body) ?? [];
  const given = { ...autograd, ...graphs, ...quantizers, ...tensors, ...reconstruction };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = AsyncFunction(...Object.keys(given), `${body}\nreturn ${expression};`);
  expect(await run(...Object.values(given))).toEqual(JSON.parse(expected));
});
