import { decibelText } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportLayer } from './types.ts';

const height = 100;

/** A round step that cuts `top` decibels into three to six parts. */
const stepOf = (top: number): number => [5, 10, 20, 40].find((step) => top / step <= 6) ?? 50;

const legend = (key: string, meaning: string): Html =>
  html`<span class="legend"><span class="key ${key}"></span> ${meaning}</span> `;

/** A bar for each layer: dB of its result; a tick for the dB of its weights. */
export function sqnrChart(layers: readonly ReportLayer[], worst: ReadonlySet<number>): Html {
  const finite = (value: number | undefined): number =>
    value === undefined || !(value > 0) ? 0 : Math.min(value, 150);
  const drawn = layers.flatMap((layer, place) =>
    layer.outputSqnr !== undefined || layer.weights ? [{ layer, place }] : [],
  );
  if (drawn.length < 2) return html``;
  // A layer that differs by nothing must not squeeze all others.
  const values = drawn
    .flatMap(({ layer }) => [finite(layer.outputSqnr), finite(layer.weights?.sqnr)])
    .filter((value) => value < 150);
  const largest = Math.max(10, ...values);
  const step = stepOf(largest);
  const top = Math.ceil(largest / step) * step;
  const y = (value: number): string => (height * (1 - Math.min(value, top) / top)).toFixed(1);
  const lines = Array.from({ length: top / step + 1 }, (_, i) => i * step);
  const bars = drawn.map(({ layer, place }, i) => {
    const output = finite(layer.outputSqnr);
    const weights = layer.weights && finite(layer.weights.sqnr);
    const label = [
      layer.name,
      layer.outputSqnr !== undefined && `output ${decibelText(layer.outputSqnr)} dB`,
      layer.weights && `weights ${decibelText(layer.weights.sqnr)} dB`,
    ].filter(Boolean);
    return html`<a href="#layer-${place}" tabindex="-1"><title>${label.join(', ')}</title><rect class="hit" x="${i}" width="1" height="${height}"/><rect class="${worst.has(place) ? 'bar worst' : 'bar'}" x="${(i + 0.14).toFixed(2)}" y="${y(output)}" width="0.72" height="${((height * Math.min(output, top)) / top).toFixed(1)}"/>${
      weights !== undefined &&
      html`<path class="tick" d="M${(i + 0.14).toFixed(2)} ${y(weights)}h.72"/>`
    }</a>`;
  });
  return html`<figure class="sqnr"><figcaption><b>SQNR by layer</b>, dB, in the order of computation.&ensp;${legend('bar', 'output')}${legend('worst', 'adds most noise')}${legend('tick', 'weights')}</figcaption><div class="plot"><div class="scale" aria-hidden="true">${lines.map(
    (value) => html`<span style="top:${y(value)}%">${value}</span>`,
  )}</div><svg viewBox="0 0 ${drawn.length} ${height}" preserveAspectRatio="none" role="img" aria-label="Signal to quantization noise ratio of ${drawn.length} layers; the table below has the numbers">${lines.map(
    (value) => html`<path class="rule" d="M0 ${y(value)}H${drawn.length}"/>`,
  )}${bars}</svg></div></figure>`;
}
