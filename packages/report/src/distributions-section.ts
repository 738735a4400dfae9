import { histogramChart } from './histogram.ts';
import { type Html, html } from './html.ts';
import type { ReportLayer, ReportRange } from './types.ts';

const chart = (title: string, range: ReportRange, note: string): Html =>
  html`<div><h4>${title} <span>${note}</span></h4>${histogramChart(range, title)}</div>`;

function card({ name, weights, input }: ReportLayer): Html {
  const grids = weights && weights.scales > 1 ? `widest of ${weights.scales} grids` : 'one grid';
  return html`<article><h3 class="name">${name}</h3>${weights && chart('Weights', weights, `${weights.bits} bits, ${grids}`)}${input && chart('Input', input, `${input.bits} bits`)}</article>`;
}

/** The values of each layer under the grid they were put on. */
export function distributionsSection(layers: readonly ReportLayer[]): Html {
  const cards = layers.filter(({ weights, input }) => weights || input).map(card);
  if (cards.length === 0) return html``;
  return html`<section aria-labelledby="values"><h2 id="values">Values and grids</h2><p>How often each value occurs (heights by square root, so that tails show) and the grid it is rounded to: a line for every level up to 5 bits, the two ends above. <span class="key outside"></span> Values beyond the grid are clipped to its ends.</p><div class="cards">${cards}</div></section>`;
}
