import { readFileSync } from 'node:fs';
import { tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as autograd from '../src/index.ts';

test('the snippet of the README gives what its comments say', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '').replace('(w: Tensor)', '(w)');
  const shown = [...body.matchAll(/^(toNumbers.*); \/\/ (.*)$/gm)];
  const run = new Function(
    ...Object.keys(autograd),
    'tensor',
    'toNumbers',
    `${body}\nreturn [${shown.map(([, expression]) => expression)}];`,
  );
  const expected = shown.map(([, , value]) => JSON.parse(value as string) as unknown);
  expect(expected).toHaveLength(2);
  expect(run(...Object.values(autograd), tensor, toNumbers)).toEqual(expected);
});
