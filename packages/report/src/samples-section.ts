import { ReportError } from './errors.ts';
import { type Html, html } from './html.ts';
import type { ReportSample } from './types.ts';

const pictureUrl = /^data:image\/(png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+=*$/;

function sample({ picture, expected, readings }: ReportSample, place: number): Html {
  if (!pictureUrl.test(picture)) {
    throw new ReportError(
      `sample ${place}: the picture begins "${picture.slice(0, 24)}", expected a data:image/…;base64 URL`,
    );
  }
  const lines = readings.map(
    ({ model, text }) =>
      html`<dt>${model}</dt><dd class="${text === expected ? 'same' : 'differs'}">${text}${text !== expected && html` <span class="tag">expected ${expected}</span>`}</dd>`,
  );
  return html`<article><img src="${picture}" alt="${expected}"><dl>${lines}</dl></article>`;
}

/** Pictures and what each model reads in them. */
export function samplesSection(samples: readonly ReportSample[]): Html {
  return html`<section aria-labelledby="samples"><h2 id="samples">Samples</h2><div class="samples">${samples.map(sample)}</div></section>`;
}
