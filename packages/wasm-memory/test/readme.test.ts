import { readFileSync } from 'node:fs';
import * as tensors from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as memories from '../src/index.ts';

test('the snippet of the README gives what its comment says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const names = { ...tensors, ...memories };
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const run = new Function(
    ...Object.keys(names),
    body.replace(`${expression};`, `const result = ${expression};`).concat('\nreturn result;'),
  );
  expect(run(...Object.values(names))).toEqual(JSON.parse(expected));
});
