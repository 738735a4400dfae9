import type { ProfileRow } from '@subbyte/runtime';
import { element } from './element.ts';
import { milliseconds } from './numbers.ts';

const columns = ['Layer', 'Time', 'Share'] as const;

function row(
  { layer, kernel, milliseconds: time, reason }: ProfileRow,
  total: number,
): HTMLElement {
  const line = element('span', { class: 'bar' });
  line.style.width = `${(100 * time) / (total || 1)}%`;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, layer, element('small', {}, kernel, reason && ` · ${reason}`)),
    element('td', {}, milliseconds(time)),
    element('td', {}, `${((100 * time) / (total || 1)).toFixed(1)}\u00a0%`),
    element('td', { class: 'track', 'aria-hidden': 'true' }, line),
  );
}

/** The mean time of each step of a session, in the order they run. */
export function showLayers(layers: readonly ProfileRow[]): HTMLElement {
  const times = layers.map(({ milliseconds: time }) => time);
  const total = times.reduce((sum, time) => sum + time, 0);
  // Where nothing runs on codes there is nothing to explain.
  const isMixed = layers.some(({ kernel }) => kernel.startsWith('integer'));
  return element(
    'table',
    { class: 'layers' },
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...columns.map((title) => element('th', { scope: 'col' }, title)),
        element('td', { 'aria-hidden': 'true' }),
      ),
    ),
    element(
      'tbody',
      {},
      ...layers.map((one) => row(isMixed ? one : { ...one, reason: undefined }, total)),
    ),
  );
}
