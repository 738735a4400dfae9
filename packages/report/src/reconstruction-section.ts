import { numberText } from './format.ts';
import { type Html, html } from './html.ts';
import { lossChart } from './loss-chart.ts';
import type { ReportUnit } from './types.ts';

const passes: Readonly<Record<string, string>> = {
  weights: 'Rounding of the weights',
  steps: 'Steps of the values between layers',
  joint: 'Rounding and steps together',
  network: 'Steps, biases and codes of the whole network',
};

/** Layers named in a row; more are counted. */
const mostNames = 4;

function namesOf({ layers }: ReportUnit): string {
  if (layers.length <= mostNames) return layers.join(', ');
  return `${layers[0]} … ${layers.at(-1)} (${layers.length} layers)`;
}

const ratioOf = ({ lossBefore, lossAfter }: ReportUnit): number | undefined =>
  lossBefore > 0 ? lossAfter / lossBefore : undefined;

const flippedOf = ({ flips, weights }: ReportUnit): number | undefined =>
  flips > 0 && weights > 0 ? (100 * flips) / weights : undefined;

const number = (value: number | undefined, text: (value: number) => string): Html =>
  html`<td class="number" data-value="${value ?? ''}">${value === undefined ? '–' : text(value)}</td>`;

function row(unit: ReportUnit, place: number, timed: boolean): Html {
  const { kept, lossBefore, lossAfter, seconds } = unit;
  return html`<tr id="unit-${place}"${!kept && html` class="worst"`}><th scope="row" data-value="${place}"><span class="name">${namesOf(unit)}</span>${!kept && html`<span class="tag">not kept</span>`}</th>${number(lossBefore, numberText)}${number(lossAfter, numberText)}${number(ratioOf(unit), (ratio) => ratio.toFixed(2))}${number(flippedOf(unit), (share) => share.toFixed(1))}${timed && number(seconds, (value) => value.toFixed(1))}</tr>`;
}

function table(units: readonly ReportUnit[], places: readonly number[]): Html {
  const timed = units.some(({ seconds }) => seconds !== undefined);
  const head = (title: string, unit?: string): Html =>
    html`<th scope="col"${title !== 'Unit' && html` class="number"`}><button type="button">${title}${unit && html` <i>${unit}</i>`}</button></th>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Units"><table class="sortable units"><thead><tr>${head('Unit')}${head('Loss before')}${head('Loss after')}${head('Ratio')}${head('Flipped', '%')}${timed && head('Time', 's')}</tr></thead><tbody>${units.map(
    (unit, i) => row(unit, places[i] ?? i, timed),
  )}</tbody></table></div>`;
}

/** What learning made of each unit: losses before and after, flipped weights, time, and what is kept. */
export function reconstructionSection(units: readonly ReportUnit[]): Html {
  const kept = units.filter((unit) => unit.kept).length;
  const seconds = units.reduce((sum, unit) => sum + (unit.seconds ?? 0), 0);
  const names = [...new Set(units.map(({ pass }) => pass))];
  const parts = names.map((pass) => {
    const places = units.flatMap((unit, place) => (unit.pass === pass ? [place] : []));
    const own = places.map((place) => units[place] as ReportUnit);
    const title = names.length > 1 && html`<h3>${passes[pass] ?? pass}</h3>`;
    return html`${title}<figure class="sqnr">${lossChart(own, places)}</figure>${table(own, places)}`;
  });
  const took = seconds > 0 && html` Learning took ${seconds.toFixed(0)} seconds.`;
  return html`<section aria-labelledby="reconstruction"><h2 id="reconstruction">Reconstruction</h2><p>How far each unit of the quantized network is from the float one, before and after its rounding was learned, on samples that were held back, by the loss it learned by: squared error unless another was asked for, summed over channels. Flipped weights are rounded to the farther of their two codes. <b>${kept}</b> of <b>${units.length}</b> results are kept; the others were no better than nearest rounding.${took}</p>${parts}</section>`;
}
