import { isDeepStrictEqual } from 'node:util';
import { resolveReconstruction } from '@subbyte/reconstruct';
import type { RunResult } from './run-one.ts';
import { type Setting, settings } from './settings.ts';

/** What networks of one setting, learned with the same options, lost. */
export interface Summary {
  readonly setting: Setting;
  /** Options that are not the defaults. */
  readonly options: { readonly [name: string]: unknown };
  readonly seeds: number;
  /** Points of top-1, in the mean of the seeds, and for each. */
  readonly lost: number;
  readonly each: readonly number[];
  /** Of quantization, in the mean. */
  readonly seconds: number;
  /** Whether it is at most the bar. */
  readonly met: boolean;
}

function otherThanDefault({ reconstruction, samples }: RunResult, bits: number) {
  const usual: { readonly [name: string]: unknown } = {
    ...resolveReconstruction({ method: 'qdrop' }, bits),
    samples: 1024,
  };
  const entries = Object.entries({ ...reconstruction, samples });
  return Object.fromEntries(entries.filter(([name, value]) => value !== usual[name]));
}

/** Results by setting, from wide to narrow, those with the defaults first. */
export function summarize(results: readonly RunResult[]): Summary[] {
  return settings.flatMap((setting) => {
    const own = results.filter((result) => result.setting === setting.name);
    const kinds: (readonly RunResult[])[] = [];
    for (const result of own) {
      const at = kinds.findIndex(
        ([first]) =>
          first?.samples === result.samples &&
          isDeepStrictEqual(first.reconstruction, result.reconstruction),
      );
      if (at < 0) kinds.push([result]);
      else kinds[at] = [...(kinds[at] as readonly RunResult[]), result];
    }
    const summaries = kinds.map((kind): Summary => {
      // Whole pictures, so that a mean that is the bar is not above it for the last bit.
      const each = kind.map(({ float, top1 }) => Number((float - top1).toFixed(4)));
      const lost = each.reduce((a, b) => a + b, 0) / each.length;
      const [first] = kind as readonly [RunResult];
      return {
        setting,
        options: otherThanDefault(first, setting.weights),
        seeds: kind.length,
        ...{ lost, each, met: lost <= setting.bar + 1e-9 },
        seconds: kind.reduce((sum, { seconds }) => sum + seconds, 0) / kind.length,
      };
    });
    const count = ({ options }: Summary): number => Object.keys(options).length;
    return summaries.sort((a, b) => Math.sign(count(a)) - Math.sign(count(b)) || a.lost - b.lost);
  });
}
