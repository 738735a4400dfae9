import { readFileSync } from 'node:fs';
import * as tensors from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as quantizers from '../src/index.ts';

test('the snippet about levels gives what its comments say', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const snippet = readme.split('```js')[1]?.split('```')[0] ?? '';
  const body = snippet.replace(/^import .*$/gm, '');
  const lines = [...body.matchAll(/^(.*); \/\/ (\[.*?\]):/gm)];
  expect(lines).toHaveLength(2);
  const given = { ...tensors, ...quantizers };
  for (const [, expression = '', expected = ''] of lines) {
    const run = new Function(...Object.keys(given), `${body}\nreturn ${expression};`);
    expect(run(...Object.values(given))).toEqual(JSON.parse(expected));
  }
});
