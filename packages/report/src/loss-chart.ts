import { numberText } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportUnit } from './types.ts';

const height = 100;

/** Powers of ten, and their doubles and fives where there are few of them, from `low` to `high`. */
function marksOf(low: number, high: number): number[] {
  const decades = high - low;
  const parts = decades <= 2 ? [1, 2, 5] : [1];
  const every = Math.ceil(decades / 6);
  return Array.from({ length: decades + 1 }, (_, i) => low + i)
    .filter((_, i) => i % every === 0)
    .flatMap((power) => parts.map((part) => part * 10 ** power))
    .filter((mark) => mark <= 10 ** high);
}

const legend = (key: string, meaning: string): Html =>
  html`<span class="legend"><span class="key ${key}"></span> ${meaning}</span> `;

/**
 * For each unit a line from its loss before down to its loss after, on a logarithmic scale; `places` are
 * the numbers of the rows that tell more.
 */
export function lossChart(units: readonly ReportUnit[], places: readonly number[]): Html {
  const losses = units
    .flatMap(({ lossBefore, lossAfter }) => [lossBefore, lossAfter])
    .filter((loss) => loss > 0 && Number.isFinite(loss));
  if (units.length < 2 || losses.length === 0) return html``;
  const low = Math.floor(Math.log10(Math.min(...losses)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...losses))));
  const y = (loss: number): number => {
    const share = loss > 0 ? (Math.log10(loss) - low) / (high - low) : 0;
    return height * (1 - Math.min(1, Math.max(0, share)));
  };
  const marks = marksOf(low, high);
  const columns = units.map((unit, i) => {
    const { layers, lossBefore, lossAfter, kept } = unit;
    const [from, to] = [y(lossBefore).toFixed(1), y(lossAfter).toFixed(1)];
    const label = `${layers.join(', ')}: ${numberText(lossBefore)} to ${numberText(lossAfter)}${kept ? '' : ', not kept'}`;
    return html`<a href="#unit-${places[i]}" tabindex="-1"><title>${label}</title><rect class="hit" x="${i}" width="1" height="${height}"/><path class="${kept ? 'drop' : 'drop rejected'}" d="M${i + 0.5} ${from}V${to}"/><path class="before" d="M${(i + 0.3).toFixed(1)} ${from}h.4"/><path class="${kept ? 'after' : 'after rejected'}" d="M${(i + 0.3).toFixed(1)} ${to}h.4"/></a>`;
  });
  const rejected = units.some(({ kept }) => !kept);
  return html`<figcaption><b>Loss by unit</b>, logarithmic, in the order of computation.&ensp;${legend('before', 'rounded to nearest')}${legend('after', 'learned')}${rejected && legend('rejected', 'no better, not kept')}</figcaption><div class="plot losses"><div class="scale" aria-hidden="true">${marks.map(
    (mark) => html`<span style="top:${y(mark).toFixed(1)}%">${numberText(mark)}</span>`,
  )}</div><svg viewBox="0 0 ${units.length} ${height}" preserveAspectRatio="none" role="img" aria-label="Losses of ${units.length} units before and after learning; the table below has the numbers">${marks.map(
    (mark) => html`<path class="rule" d="M0 ${y(mark).toFixed(1)}H${units.length}"/>`,
  )}${columns}</svg></div>`;
}
