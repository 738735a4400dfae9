import { type FeedShape, isOpen } from 'subbyte/bench';
import { type ContestantName, contestantNames, contestants } from './contestants.ts';
import { byId, element } from './element.ts';
import type { ModelSource, RaceRequest } from './messages.ts';
import { type NetworkName, networkNames } from './network-names.ts';

const usualNetwork: NetworkName = 'resnet20';

/** Rounds measured at least. */
const leastRounds = 9;

/** Fills the form with the networks, contestants and threads there are. */
export function fillForm(): void {
  for (const [value, { title, about }] of Object.entries(networkNames)) {
    const checked = value === usualNetwork;
    byId('networks').append(
      element(
        'label',
        { class: 'choice' },
        element('input', { type: 'radio', name: 'network', class: 'unseen', value, checked }),
        element('b', {}, title),
        element('small', {}, about),
      ),
    );
  }
  for (const name of contestantNames) {
    const { engine, label, usual } = contestants[name];
    const box = element('input', { type: 'checkbox', value: name, checked: usual });
    byId(engine).append(element('label', {}, box, label));
  }
  const isIsolated = globalThis.crossOriginIsolated;
  const most = isIsolated ? Math.min(navigator.hardwareConcurrency || 1, 16) : 1;
  const threads = byId<HTMLSelectElement>('threads');
  for (let count = 1; count <= most; count++) threads.append(element('option', {}, String(count)));
  threads.disabled = !isIsolated;
  if (!isIsolated) {
    byId('threads-note').textContent =
      'One thread: this page is not cross-origin isolated, so threads cannot share memory. Served with COOP and COEP headers it has more.';
  }
}

const boxes = (): HTMLInputElement[] => [
  ...document.querySelectorAll<HTMLInputElement>('.checks input'),
];

/** A model that comes quantized runs as it is, so only one form of it can be chosen. */
export function restrictForms(asIs: boolean): void {
  for (const box of boxes()) {
    box.disabled = asIs && contestants[box.value as ContestantName].variant !== 'float';
  }
}

/** Asks for the shapes of inputs that the model leaves open. */
export function askForShapes(inputs: readonly FeedShape[]): void {
  // The size of the batch has a field of its own.
  const open = inputs.filter(({ name, dtype, shape }) =>
    isOpen({ name, dtype, shape: shape?.map((size, axis) => (axis === 0 ? 1 : size)) }),
  );
  const fields = open.map(({ name, shape }) => {
    const example = shape?.map((size, axis) =>
      typeof size === 'number' ? size : axis === 0 ? 1 : 224,
    );
    return element(
      'label',
      {},
      `Shape of ${name} (${shape?.join(' × ') ?? 'any rank'})`,
      element('input', {
        ...{ type: 'text', name, required: true, pattern: '\\d+(x\\d+)*' },
        ...{ value: example?.join('x') ?? '', placeholder: '1x3x224x224' },
        title: 'Numbers with an x between them, like 1x3x224x224',
      }),
    );
  });
  byId('shapes').replaceChildren(...fields);
}

/** What the form asks for; `file` is the one chosen, if any. */
export function requestOf(file: ModelSource | undefined): RaceRequest {
  const radio = document.querySelector<HTMLInputElement>('[name=network]:checked');
  const name = (radio?.value ?? usualNetwork) as NetworkName;
  const number = (id: string): number => Number(byId<HTMLInputElement>(id).value);
  const shapes = [...document.querySelectorAll<HTMLInputElement>('#shapes input')].map(
    (field) => [field.name, field.value.split('x').map(Number)] as const,
  );
  return {
    source: file ?? { kind: 'network', name },
    contestants: boxes().flatMap(({ checked, disabled, value }) =>
      checked && !disabled ? [value as ContestantName] : [],
    ),
    ...{ threads: number('threads'), seconds: number('seconds'), batch: number('batch') },
    rounds: leastRounds,
    shapes: Object.fromEntries(shapes),
  };
}
