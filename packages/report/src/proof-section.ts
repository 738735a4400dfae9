import { decibelText, millisecondsText, numberText } from './format.ts';
import { type Html, html } from './html.ts';
import type { ReportEngine, ReportProof } from './types.ts';

const cell = (value: number | undefined, text: (value: number) => string): Html =>
  html`<td class="number">${value === undefined ? '–' : text(value)}</td>`;

function row(engine: ReportEngine, float: boolean): Html {
  const { runs, reason, sqnr, largest, range, milliseconds, millisecondsBefore } = engine;
  const name = html`<th scope="row">${engine.engine}</th>`;
  if (!runs) {
    return html`<tr>${name}<td class="no">no</td><td colspan="${float ? 5 : 3}" class="reason">${reason}</td></tr>`;
  }
  const speedup =
    millisecondsBefore !== undefined && milliseconds
      ? millisecondsBefore / milliseconds
      : undefined;
  return html`<tr>${name}<td class="yes">yes</td>${cell(sqnr, decibelText)}<td class="number">${
    largest === undefined ? '–' : numberText(largest)
  }${range !== undefined && html` <span class="muted">of ${numberText(range)}</span>`}</td>${cell(milliseconds, millisecondsText)}${
    float &&
    html`${cell(millisecondsBefore, millisecondsText)}${cell(speedup, (value) => `${value.toFixed(2)}×`)}`
  }</tr>`;
}

function operations({ operations, integer, float }: NonNullable<ReportProof['operations']>): Html {
  const counts = Object.entries(operations).sort((a, b) => b[1] - a[1]);
  return html`<p>After its own optimization onnxruntime computes <b>${integer}</b> operations on integers and leaves <b>${float}</b> ${float === 1 ? 'convolution or matrix product' : 'convolutions and matrix products'} in float.</p><ul class="chips">${counts.map(
    ([name, count]) => html`<li>${name} <b>${count}</b></li>`,
  )}</ul>`;
}

/** Where the exported model runs, how close and how fast. */
export function proofSection(proof: ReportProof): Html {
  const float = proof.engines.some(({ millisecondsBefore }) => millisecondsBefore !== undefined);
  return html`<section aria-labelledby="runs"><h2 id="runs">Where it runs</h2><p>The written file was opened again and its outputs compared with the quantized graph's, over ${proof.samples} ${proof.samples === 1 ? 'run' : 'runs'}.</p><div class="scroll" tabindex="0" role="region" aria-label="Engines"><table><thead><tr><th scope="col">Engine</th><th scope="col">Runs</th><th scope="col" class="number">Agreement <i>dB</i></th><th scope="col" class="number">Largest difference</th><th scope="col" class="number">A run <i>ms</i></th>${
    float &&
    html`<th scope="col" class="number">Float <i>ms</i></th><th scope="col" class="number">Speed-up</th>`
  }</tr></thead><tbody>${proof.engines.map((engine) => row(engine, float))}</tbody></table></div>${proof.operations && operations(proof.operations)}</section>`;
}
