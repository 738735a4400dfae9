import { bytesText, decibelText } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportData, ReportScore } from './types.ts';

function figure(label: string, value: Html, note?: Html): Html {
  return html`<div class="figure"><dt>${label}</dt><dd class="value">${value}</dd>${note && html`<dd class="note">${note}</dd>`}</div>`;
}

function sizeFigure({ before, after }: NonNullable<ReportData['size']>): Html {
  const share = Math.min(100, (100 * after) / before);
  const bar = html`<svg class="size" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="before" width="100" height="6"/><rect class="after" width="${share.toFixed(2)}" height="6"/></svg>`;
  return figure(
    'Size',
    html`${bytesText(after)}`,
    html`${bar}${(before / after).toFixed(2)}× smaller than ${bytesText(before)}`,
  );
}

function scoreFigure({ name, before, after, samples }: ReportScore): Html {
  const change = before === undefined ? undefined : after - before;
  const signed =
    change === undefined ? '' : `${change < 0 ? '−' : '+'}${Math.abs(change).toFixed(2)}`;
  return figure(
    name,
    html`${after.toFixed(2)}<small>%</small>`,
    html`${before !== undefined && html`${signed} points, float ${before.toFixed(2)} %`}${samples !== undefined && html`<br>${samples} samples`}`,
  );
}

/** Name, how it was made in a line, and the figures that matter most. */
export function header({ model, summary, size, scores = [], outputSqnr }: ReportData): Html {
  const figures = [
    size && sizeFigure(size),
    scores.map(scoreFigure),
    outputSqnr !== undefined &&
      figure(
        'Output SQNR',
        html`${decibelText(outputSqnr)}<small>dB</small>`,
        html`signal over quantization noise`,
      ),
  ];
  return html`<header><p class="eyebrow">Quantization report</p><h1>${model}</h1>${summary && html`<p class="summary">${summary}</p>`}<dl class="figures">${figures}</dl></header>`;
}
