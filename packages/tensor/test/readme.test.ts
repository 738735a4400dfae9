import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as tensors from '../src/index.ts';

test('the snippet of the README gives what its comment says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const run = new Function(...Object.keys(tensors), `${body}\nreturn ${expression};`);
  expect(run(...Object.values(tensors))).toEqual(JSON.parse(expected));
});
