import { bytesText, countText, decibelText, millisecondsText, shellWord } from './format.ts';
import { type Html, html } from './html.ts';
import { sqnrChart } from './sqnr-chart.ts';
import type { ReportLayer } from './types.ts';
import { type WorstLayer, worstLayers } from './worst-layers.ts';

interface Column {
  readonly title: string;
  readonly unit?: string;
  /** Absent: text. */
  readonly sort?: (layer: ReportLayer) => number | undefined;
  readonly cell: (layer: ReportLayer) => Html | string | undefined;
  readonly shown?: (layer: ReportLayer) => boolean;
}

const text = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? '–' : format(value);
const bits = (layer: ReportLayer): number | undefined => layer.weights?.bits;
const bytes = (layer: ReportLayer): number => layer.weights?.bytes ?? layer.bytesBefore;
const bitsText = ({ weights, input }: ReportLayer): Html =>
  html`${weights?.scheme && weights.scheme !== 'uniform' && html`<span class="muted">${weights.scheme} </span>`}${weights?.bits ?? html`<span class="muted">float</span>`}${(weights || input) && html`<span class="muted"> / </span>${input?.bits ?? html`<span class="muted">float</span>`}`}`;

const columns: readonly Column[] = [
  {
    title: 'Op',
    cell: ({ op }) => op,
  },
  {
    title: 'Shape',
    cell: ({ shape }) => shape?.join(' × '),
    shown: ({ shape }) => shape !== undefined,
  },
  { title: 'Bits', unit: 'W / A', sort: bits, cell: bitsText },
  {
    title: 'Parameters',
    sort: ({ parameters }) => parameters,
    cell: ({ parameters }) => countText(parameters),
  },
  { title: 'Size', sort: bytes, cell: (layer) => bytesText(bytes(layer)) },
  {
    title: 'Weight SQNR',
    unit: 'dB',
    sort: ({ weights }) => weights?.sqnr,
    cell: ({ weights }) => text(weights?.sqnr, decibelText),
    shown: ({ weights }) => weights !== undefined,
  },
  {
    title: 'Output SQNR',
    unit: 'dB',
    sort: ({ outputSqnr }) => outputSqnr,
    cell: ({ outputSqnr }) => text(outputSqnr, decibelText),
    shown: ({ outputSqnr }) => outputSqnr !== undefined,
  },
  {
    title: 'Time',
    unit: 'ms',
    sort: ({ milliseconds }) => milliseconds,
    cell: ({ milliseconds }) => text(milliseconds, millisecondsText),
    shown: ({ milliseconds }) => milliseconds !== undefined,
  },
];

function head(shown: readonly Column[]): Html {
  const cells = [{ title: 'Layer' }, ...shown].map((column: Partial<Column>) => {
    const label = html`${column.title}${column.unit && html` <i>${column.unit}</i>`}`;
    return html`<th scope="col"${column.sort && html` class="number"`}><button type="button">${label}</button></th>`;
  });
  return html`<thead><tr>${cells}</tr></thead>`;
}

function row(layer: ReportLayer, place: number, worst: boolean, shown: readonly Column[]): Html {
  const judged = layer.outputSqnr ?? layer.weights?.sqnr;
  const cells = shown.map(({ sort, cell }) =>
    sort
      ? html`<td class="${sort(layer) === judged ? 'number judged' : 'number'}" data-value="${sort(layer) ?? ''}">${cell(layer)}</td>`
      : html`<td>${cell(layer)}</td>`,
  );
  return html`<tr id="layer-${place}"${worst && html` class="worst"`}><th scope="row" data-value="${place}"><span class="name">${layer.name}</span>${worst && html`<span class="tag">noisy</span>`}${layer.reason && html`<span class="reason">${layer.reason}</span>`}</th>${cells}</tr>`;
}

function hint(worst: readonly WorstLayer[]): Html {
  const items = worst.map(({ layer, before, after }) => {
    const option = `--keep-float ${shellWord(layer.name)}`;
    const fall = `${before === undefined ? '' : `${decibelText(before)} → `}${decibelText(after)} dB`;
    return html`<li><code>${option}</code><span class="muted">${fall}, +${bytesText(layer.bytesBefore - bytes(layer))}</span><button type="button" class="copy" data-copy="${option}">Copy</button></li>`;
  });
  return html`<aside class="hint"><p><b>To win accuracy back</b>, keep a layer float: first the ones that add most noise.</p><ul>${items}</ul></aside>`;
}

/** What each layer became, the ones that add most noise marked, and how to keep them float. */
export function layersSection(layers: readonly ReportLayer[]): Html {
  const worst = worstLayers(layers);
  const marked = new Set(worst.map(({ place }) => place));
  const shown = columns.filter(({ shown }) => !shown || layers.some(shown));
  return html`<section aria-labelledby="layers"><h2 id="layers">Layers</h2>${sqnrChart(layers, marked)}${worst.length > 0 && hint(worst)}<div class="scroll" tabindex="0" role="region" aria-label="Layers"><table class="sortable">${head(shown)}<tbody>${layers.map(
    (layer, place) => row(layer, place, marked.has(place), shown),
  )}</tbody></table></div></section>`;
}
