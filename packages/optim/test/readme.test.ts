import { readFileSync } from 'node:fs';
import * as autograd from '@subbyte/autograd';
import * as tensors from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as optim from '../src/index.ts';

test('the snippet of the README gives what its comment says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet
    .replace(/^import .*$/gm, '')
    .replace('(p: { w: Tensor })', '(p)')
    .replace(' as Tensor', '');
  const [, expression, expected = ''] = /^(toNumbers.*); \/\/ (.*)$/m.exec(body) ?? [];
  const given = { ...autograd, ...tensors, ...optim };
  const run = new Function(...Object.keys(given), `${body}\nreturn ${expression};`);
  expect(run(...Object.values(given))).toEqual(JSON.parse(expected));
});
