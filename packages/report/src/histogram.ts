import { numberText } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportRange } from './types.ts';

const width = 240;
const height = 56;
/** Above this many bits levels stand closer than lines can show: only the ends are drawn. */
const mostVisibleBits = 5;

const short = (value: number): string => String(Number(value.toFixed(1)));

/**
 * A histogram with the quantization grid drawn in: a line for each level up to 5 bits, the part
 * outside the grid tinted. Heights grow with the square root of counts, so that tails show.
 */
export function histogramChart(range: ReportRange, label: string): Html {
  const { histogram, gridMin, gridMax, bits, levels = 2 ** bits } = range;
  const low = Math.min(histogram.min, gridMin);
  const high = Math.max(histogram.max, gridMax);
  if (!Number.isFinite(high - low) || histogram.counts.length === 0) {
    return html`<p class="muted">no finite values</p>`;
  }
  const scale = width / (high - low || 1);
  const x = (value: number): number => (value - low) * scale;
  const { counts } = histogram;
  const top = Math.sqrt(Math.max(1, ...counts));
  const bin = (x(histogram.max) - x(histogram.min)) / counts.length;
  const outline = counts.map((count, i) => {
    const y = height - (height - 4) * (Math.sqrt(count) / top);
    return `${i === 0 ? '' : `H${short(x(histogram.min) + i * bin)}`}V${short(y)}`;
  });
  const shape = `M${short(x(histogram.min))} ${height}${outline.join('')}H${short(x(histogram.max))}V${height}Z`;
  const steps = bits <= mostVisibleBits ? levels - 1 : 1;
  const lines = Array.from({ length: steps + 1 }, (_, i) => {
    const value = gridMin + ((gridMax - gridMin) * i) / steps;
    return `M${short(x(value))} 0V${height}`;
  });
  const outside = [
    [0, x(gridMin)],
    [x(gridMax), width],
  ].filter(([from = 0, to = 0]) => to - from > 0.1);
  const description = `${label}: values from ${numberText(histogram.min)} to ${numberText(histogram.max)}, ${bits}-bit grid from ${numberText(gridMin)} to ${numberText(gridMax)}`;
  return html`<svg class="histogram" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${description}"><title>${description}</title>${outside.map(
    ([from = 0, to = 0]) =>
      html`<rect class="outside" x="${short(from)}" width="${short(to - from)}" height="${height}"/>`,
  )}<path class="bins" d="${shape}"/><path class="grid" d="${lines.join('')}"/></svg><div class="axis"><span>${numberText(low)}</span><span>${numberText(high)}</span></div>`;
}
