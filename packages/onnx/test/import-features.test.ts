import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { microsoft, oldest, standard } from '../src/import/operators/index.ts';
import { unsupported } from '../src/import/operators/unsupported.ts';

const features = readFileSync(new URL('../../../FEATURES.md', import.meta.url), 'utf8');
const section = features.split('\n## ').find((part) => part.startsWith('ONNX operators')) ?? '';
const [read = '', left = ''] = section.split('Not read, with the reason');

const operatorsOf = (text: string): string[] =>
  [...text.matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => name as string);

test('FEATURES.md lists every operator that is read, and its oldest version', () => {
  const rows = read.split('\n').filter((line) => line.startsWith('| `'));
  const listed = new Map<string, number>();
  for (const row of rows) {
    const [, names = '', from = ''] = row.split('|');
    for (const name of operatorsOf(names)) listed.set(name, Number(from) || 1);
  }
  expect([...listed.keys()].sort()).toEqual(Object.keys(standard).sort());
  for (const [name, version] of listed) expect(version, name).toBe(oldest[name] ?? 1);
  for (const name of Object.keys(microsoft)) expect(read).toContain(`\`${name}\``);
});

test('FEATURES.md lists every operator that is left out', () => {
  expect(operatorsOf(left).sort()).toEqual(Object.keys(unsupported).sort());
});

test('no operator is both read and left out', () => {
  for (const name of Object.keys(unsupported))
    expect(Object.hasOwn(standard, name), name).toBe(false);
});
