import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as bitpack from '../src/index.ts';

test('the snippet of the README gives what its comment says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '');
  const [, expression = '', expected = ''] = /^(.*); \/\/ Uint8Array (\[.*\])$/m.exec(body) ?? [];
  const run = new Function(...Object.keys(bitpack), `${body}\nreturn ${expression};`);
  expect([...run(...Object.values(bitpack))]).toEqual(JSON.parse(expected));
});
