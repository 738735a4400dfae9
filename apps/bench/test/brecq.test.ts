import { readFileSync } from 'node:fs';
import { resolveReconstruction } from '@subbyte/reconstruct';
import { expect, test } from 'vitest';
import { markdown } from '../src/brecq/markdown.ts';
import type { RunResult } from '../src/brecq/run-one.ts';
import { summarize } from '../src/brecq/summarize.ts';

const read = (name: string): string =>
  readFileSync(new URL(`../results/${name}`, import.meta.url), 'utf8');

test('the page of results is what the results say', () => {
  expect(read('brecq.md')).toBe(markdown(summarize(JSON.parse(read('brecq.json')))));
});

const result = (setting: string, seed: number, top1: number, options = {}): RunResult => ({
  ...{ setting, seed, float: 88.74, top1, seconds: 100 + seed, threads: 1, samples: 1024 },
  reconstruction: resolveReconstruction({ method: 'qdrop', ...options }, Number(setting[1])),
  ...{ kept: 10, units: 10 },
});

test('means of seeds, apart for other options; a mean that is the bar meets it', () => {
  const found = summarize([
    result('W2A4', 0, 80, { loss: 'fisherFull' }),
    result('W2A4', 0, 86),
    result('W4A4', 0, 88.18),
    result('W4A4', 1, 88.34),
    result('W4A4', 2, 88.2),
    { ...result('W4A4', 0, 87.74), samples: 512 },
  ]);
  expect(found.map(({ setting, options, each }) => [setting.name, options, each])).toEqual([
    ['W4A4', {}, [0.56, 0.4, 0.54]],
    ['W4A4', { samples: 512 }, [1]],
    ['W2A4', {}, [2.74]],
    ['W2A4', { loss: 'fisherFull' }, [8.74]],
  ]);
  expect(found.map(({ met }) => met)).toEqual([true, false, false, false]);
  expect(found[0]?.seconds).toBe(101);
  expect(markdown(found)).toContain('| W2A4 | `loss` fisherFull | 8.74 | 8.74 | 100 |');
});
