import { readFileSync } from 'node:fs';
import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { kernels } from '../src/index.ts';

test('the first snippet of the README gives what its last line says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const run = new Function('kernels', 'tensor', 'toNumbers', `${body}\nreturn ${expression};`);
  expect(run(kernels, tensor, toNumbers)).toEqual(JSON.parse(expected));
});
