import { type ContestantName, contestants } from './contestants.ts';
import { element } from './element.ts';
import type { RaceEntry, RaceResult } from './messages.ts';
import { bytes, decibel, milliseconds, speed } from './numbers.ts';

/** Name of a contestant, of a model that was run as it came too. */
export const labelOf = (id: ContestantName, { asIs }: RaceResult): string =>
  asIs ? 'as it is' : contestants[id].label;

const engineOf = (id: ContestantName): string => contestants[id].engine;

/** What the bars are compared with: onnxruntime-web's float32, or what there is of it. */
const baseOf = ({ entries }: RaceResult): RaceEntry | undefined =>
  entries.find(({ id }) => id === 'ortFloat') ?? entries.find(({ id }) => id === 'ortInt8');

/** One sentence about the fastest of ours. */
export function headline(result: RaceResult): string {
  const base = baseOf(result);
  const own = result.entries.filter(({ id }) => contestants[id].engine === 'subbyte');
  const [best] = [...own].sort((a, b) => a.median - b.median);
  const ratio = base && best?.ratios[base.id];
  if (!base || !best || ratio === undefined) return `${result.model}: what each took`;
  const [ours, theirs] = [labelOf(best.id, result), labelOf(base.id, result)];
  const verdict =
    ratio < 1 ? `is ${speed(ratio)} as fast as` : `takes ${ratio.toFixed(1)}\u00a0× as long as`;
  return `${result.model}: subbyte ${ours} ${verdict} onnxruntime-web ${theirs}`;
}

function bar(entry: RaceEntry, result: RaceResult, longest: number): HTMLElement {
  const { id, median, ratios } = entry;
  const base = baseOf(result);
  const ratio = base && ratios[base.id];
  const line = element('span', { class: 'bar' });
  line.style.width = `${Math.max(0.5, (100 * median) / longest)}%`;
  return element(
    'tr',
    { class: engineOf(id) === 'subbyte' ? 'own' : 'other', 'data-id': id },
    element('th', { scope: 'row' }, element('small', {}, engineOf(id)), labelOf(id, result)),
    element('td', { class: 'track', 'aria-hidden': 'true' }, line),
    element('td', { class: 'time' }, milliseconds(median)),
    element(
      'td',
      { class: 'speed' },
      ratio === undefined ? (entry === base ? '1\u00a0×' : '') : speed(ratio),
    ),
  );
}

/** Median times as bars, a table for those who do not see them. */
export function showBars(result: RaceResult): HTMLElement {
  const longest = Math.max(...result.entries.map(({ median }) => median));
  const base = baseOf(result);
  const compared = base ? `Speed against onnxruntime-web ${labelOf(base.id, result)}` : 'Speed';
  const titles = ['Engine and model', 'Bar', 'Median time', compared];
  return element(
    'table',
    { class: 'bars' },
    element(
      'caption',
      {},
      `Median time of one run, shorter is better${base ? `; × is the speed against onnxruntime-web ${labelOf(base.id, result)}` : ''}`,
    ),
    element(
      'thead',
      { class: 'unseen' },
      element(
        'tr',
        {},
        ...titles.map((title, i) =>
          element('th', { scope: 'col', 'aria-hidden': i === 1 && 'true' }, title),
        ),
      ),
    ),
    element('tbody', {}, ...result.entries.map((entry) => bar(entry, result, longest))),
  );
}

/** Everything measured, in numbers. */
export function showNumbers(result: RaceResult): HTMLElement {
  const bases = result.entries.filter(({ id }) => engineOf(id) === 'onnxruntime-web');
  const titles = [
    ...['Median', 'Least'],
    ...bases.map(({ id }) => `/ ort-web ${labelOf(id, result)}`),
    ...['Agreement', 'ONNX file'],
  ];
  const rows = result.entries.map((entry) => {
    const cells = [
      milliseconds(entry.median),
      milliseconds(entry.least),
      ...bases.map(({ id }) => entry.ratios[id]?.toFixed(3) ?? '–'),
      entry.agreement === undefined ? '–' : decibel(entry.agreement),
      bytes(entry.bytes),
    ];
    return element(
      'tr',
      { 'data-id': entry.id },
      element('th', { scope: 'row' }, `${engineOf(entry.id)} ${labelOf(entry.id, result)}`),
      ...cells.map((cell) => element('td', {}, cell)),
    );
  });
  return element(
    'table',
    { class: 'numbers' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, 'Who'),
        ...titles.map((title) => element('th', { scope: 'col' }, title)),
      ),
    ),
    element('tbody', {}, ...rows),
  );
}
