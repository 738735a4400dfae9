import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { renderReport } from '../src/index.ts';
import { script } from '../src/script.ts';
import { reportData } from './report-data.ts';

/** A report with its script running. */
function open(clipboard: { writeText(text: string): Promise<void> }) {
  const { document, Event } = parseHTML(renderReport(reportData()));
  new Function('document', 'navigator', 'setTimeout', script)(document, { clipboard }, () => 0);
  const click = (selector: string): void => {
    document.querySelector(selector)?.dispatchEvent(new Event('click', { bubbles: true }));
  };
  const column = (place: number): string[] =>
    [...document.querySelectorAll('.sortable tbody tr')].map(
      (row) => row.children[place]?.getAttribute('data-value') ?? '',
    );
  return { document, click, column };
}

const refused = { writeText: () => Promise.reject(new Error('no clipboard')) };

test('a click sorts by numbers, a second one the other way, empty cells stay last', () => {
  const { document, click, column } = open(refused);
  const output = 8;
  const head = `.sortable thead th:nth-child(${output}) button`;
  click(head);
  const rising = column(output - 1);
  const numbers = rising.slice(0, -1).map(Number);
  expect(rising.at(-1)).toBe('');
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(document.querySelector('[aria-sort]')?.getAttribute('aria-sort')).toBe('ascending');
  click(head);
  expect(column(output - 1)).toEqual([...numbers.map(String).reverse(), '']);
  expect(document.querySelector('[aria-sort]')?.getAttribute('aria-sort')).toBe('descending');
  click('.sortable thead th:first-child button');
  expect(column(0)).toEqual(Array.from({ length: 21 }, (_, i) => String(i)));
  expect(document.querySelectorAll('[aria-sort]').length).toBe(1);
});

test('copy puts the option on the clipboard and says so', async () => {
  const copied: string[] = [];
  const { document, click } = open({ writeText: async (text) => void copied.push(text) });
  click('.hint .copy');
  await Promise.resolve();
  await Promise.resolve();
  expect(copied).toEqual([document.querySelector('.hint code')?.textContent]);
  expect(document.querySelector('.hint .copy')?.textContent).toBe('Copied');
});
