import type { UnitReport } from '@subbyte/quantize';
import { layerNames } from './layer-names.ts';
import { table } from './table.ts';
import { bytesText } from './units.ts';

/** A learned unit and how long it took; no time for units that a checkpoint had. */
export interface TimedUnit extends UnitReport {
  readonly seconds: number | undefined;
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;

/** How much of its loss a unit has left; what is not kept has all of it. */
const ratioOf = ({ kept, lossBefore, lossAfter }: UnitReport): number =>
  kept && lossBefore > 0 ? lossAfter / lossBefore : 1;

/** The geometric mean of the units' loss ratios: what is right for ratios. */
export function meanLossRatio(units: readonly UnitReport[]): number {
  const logarithms = units.map((unit) => Math.log(Math.max(ratioOf(unit), 1e-12)));
  return Math.exp(logarithms.reduce((a, b) => a + b, 0) / Math.max(1, units.length));
}

const row = (unit: TimedUnit): string[] => [
  unit.pass,
  layerNames(unit.layers),
  unit.lossBefore.toPrecision(3),
  unit.lossAfter.toPrecision(3),
  `${(unit.lossAfter / (unit.lossBefore || 1)).toFixed(3)}`,
  unit.flips > 0 ? percent(unit.flips, unit.weights) : '',
  unit.seconds === undefined ? '' : unit.seconds.toFixed(1),
  unit.kept ? '' : 'no: not better',
];

const forms: { readonly [M in UnitReport['cache']]: string } = {
  float32: 'as they are',
  codes: 'as codes',
  float16: 'as halves',
  inputs: 'without targets',
  recomputed: 'computed anew',
};

/** `caches at most 268 MB of 2.00 GB (--memory); samples of 11 units as they are`. */
function cachesText(units: readonly TimedUnit[], memory: number): string {
  const most = Math.max(...units.map(({ cacheBytes }) => cacheBytes));
  const counts = (Object.keys(forms) as UnitReport['cache'][]).flatMap((form) => {
    const count = units.filter(({ cache }) => cache === form).length;
    return count > 0 ? [`${count} ${forms[form]}`] : [];
  });
  return `caches at most ${bytesText(most)} of ${bytesText(memory)} (--memory); samples of units kept: ${counts.join(', ')}`;
}

/** The learned units, how their samples were kept, then how many of them are kept and what is left of their losses. */
export function unitsText(units: readonly TimedUnit[], memory: number): string {
  if (units.length === 0) return '';
  const kept = units.filter((unit) => unit.kept).length;
  return [
    table(
      [
        { title: 'pass' },
        { title: 'unit' },
        { title: 'loss before', align: 'right' },
        { title: 'after', align: 'right' },
        { title: 'ratio', align: 'right' },
        { title: 'flipped', align: 'right' },
        { title: 's', align: 'right' },
        { title: 'kept' },
      ].map((column) => column as { title: string; align?: 'right' }),
      units.map(row),
    ),
    '',
    cachesText(units, memory),
    `${kept} of ${units.length} learned units kept; their losses are ${meanLossRatio(units).toFixed(3)} of what they were (geometric mean)`,
  ].join('\n');
}
