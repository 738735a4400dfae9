import { ReportError } from './errors.ts';
import { type Html, html } from './html.ts';
import type { ReportSample } from './types.ts';

const pictureUrl = /^data:image\/(png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+=*$/;

/** `text` with the part marked that differs from `expected`; a caret where something is missing. */
function marked(text: string, expected: string): Html {
  const [is, should] = [[...text], [...expected]];
  const shorter = Math.min(is.length, should.length);
  let head = 0;
  while (head < shorter && is[head] === should[head]) head++;
  let tail = 0;
  while (tail < shorter - head && is.at(-1 - tail) === should.at(-1 - tail)) tail++;
  const part = (from: number, to: number): string => is.slice(from, to).join('');
  const end = is.length - tail;
  return html`${part(0, head)}<mark>${part(head, end) || '‸'}</mark>${part(end, is.length)}`;
}

function sample({ picture, expected, readings }: ReportSample, place: number): Html {
  if (!pictureUrl.test(picture)) {
    throw new ReportError(
      `sample ${place}: the picture begins "${picture.slice(0, 24)}", expected a data:image/…;base64 URL`,
    );
  }
  const lines = readings.map(({ model, text }) =>
    text === expected
      ? html`<dt>${model}</dt><dd>${text}</dd>`
      : html`<dt>${model}</dt><dd class="differs">${marked(text, expected)}</dd>`,
  );
  return html`<article><img src="${picture}" alt="${expected}"><dl>${lines}</dl></article>`;
}

/** Pictures and what each model reads in them. */
export function samplesSection(samples: readonly ReportSample[]): Html {
  return html`<section aria-labelledby="samples"><h2 id="samples">Samples</h2><div class="samples">${samples.map(sample)}</div></section>`;
}
