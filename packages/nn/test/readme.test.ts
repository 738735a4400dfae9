import { readFileSync } from 'node:fs';
import * as autograd from '@subbyte/autograd';
import * as tensors from '@subbyte/tensor';
import { expect, test } from 'vitest';
import * as nn from '../src/index.ts';

test('the snippet of the README runs', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = snippet.replace(/^import .*$/gm, '').replace('(p: Tree)', '(p)');
  const given = { ...autograd, ...tensors, ...nn };
  const run = new Function(...Object.keys(given), `${body}\nreturn { value, gradient, aux };`);
  const { value, gradient, aux } = run(...Object.values(given)) as Record<string, tensors.Tree>;
  // Black images: all classes are equally likely.
  expect(tensors.toNumbers(value as tensors.Tensor)[0]).toBeCloseTo(Math.log(10), 5);
  const paths = (tree: tensors.Tree | undefined): string[] =>
    tensors.flattenTree(tree ?? []).map(([path]) => path);
  expect(paths(gradient)).toEqual(['0.weight', '1.scale', '1.bias', '4.weight', '4.bias']);
  expect(paths(aux)).toEqual(['1.mean', '1.variance']);
});
