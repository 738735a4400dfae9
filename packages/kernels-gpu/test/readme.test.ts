import { readFileSync } from 'node:fs';
import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { gpu } from '../src/index.ts';

test('the snippet of the README gives what its last line says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = AsyncFunction('gpu', 'tensor', 'toNumbers', `${body}\nreturn ${expression};`);
  expect(await run(gpu, tensor, toNumbers)).toEqual(JSON.parse(expected));
});
