import { byId, element } from './element.ts';
import { askForShapes, fillForm, requestOf, restrictForms } from './form.ts';
import type { Answer, ModelSource, Order, RaceResult } from './messages.ts';
import { showLayers } from './show-layers.ts';
import { headline, labelOf, showBars, showNumbers } from './show-times.ts';

/** The file that was chosen. */
let file: ModelSource | undefined;
let worker: Worker | undefined;

const startWorker = (): Worker =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

function fail(message: string): void {
  const failure = byId('failure');
  failure.textContent = message;
  failure.hidden = false;
}

function setRunning(isRunning: boolean): void {
  byId<HTMLButtonElement>('run').disabled = isRunning;
  for (const set of document.querySelectorAll('fieldset')) set.disabled = isRunning;
  byId('stop').hidden = !isRunning;
  byId('progress').hidden = !isRunning;
}

function endWorker(): void {
  worker?.terminate();
  worker = undefined;
  setRunning(false);
}

function showProgress(text: string, done: number, total: number | undefined): void {
  const bar = byId<HTMLProgressElement>('done');
  if (total === undefined) bar.removeAttribute('value');
  else Object.assign(bar, { max: total, value: done });
  // Numbers stay out of the status: it is read aloud at every change.
  const doing = byId('doing');
  if (doing.textContent !== `${text} …`) doing.textContent = `${text} …`;
}

function offerDownload(result: RaceResult): void {
  byId('download').onclick = () => {
    const text = JSON.stringify(result, undefined, 2);
    const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    element('a', { href: address, download: 'subbyte-bench.json' }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
}

function showLayersOf(result: RaceResult): void {
  const profiled = result.entries.filter(({ layers }) => layers !== undefined);
  const choice = byId<HTMLSelectElement>('layers-of');
  const section = choice.closest('section') as HTMLElement;
  section.hidden = profiled.length === 0;
  choice.replaceChildren(
    ...profiled.map(({ id }) => element('option', { value: id }, labelOf(id, result))),
  );
  const show = (): void => {
    const { layers = [] } = profiled.find(({ id }) => id === choice.value) ?? {};
    byId('layers').replaceChildren(showLayers(layers));
  };
  choice.onchange = show;
  choice.value = (profiled.find(({ id }) => id === 'w4a8') ?? profiled.at(-1))?.id ?? '';
  show();
}

function show(result: RaceResult): void {
  const { rounds, interrupted, isolated, threads, inputs } = result;
  byId('headline').textContent = headline(result);
  const shapes = Object.entries(inputs).map(([name, shape]) => `${name} ${shape.join(' × ')}`);
  const shared = threads.subbyte === 1 ? 'one thread' : `${threads.subbyte} threads`;
  byId('circumstances').textContent = [
    shapes.join(', '),
    shared,
    `${rounds} rounds${interrupted ? ' until it was stopped' : ''}`,
    isolated ? 'cross-origin isolated' : 'not cross-origin isolated',
  ].join(' · ');
  byId('bars').replaceChildren(showBars(result));
  byId('numbers').replaceChildren(showNumbers(result));
  showLayersOf(result);
  offerDownload(result);
  byId('results').hidden = false;
  byId('headline').focus();
}

/** Starts a fresh worker, so that each race begins in an empty memory, and listens to it. */
function command(order: Order): void {
  byId('failure').hidden = true;
  worker = startWorker();
  worker.onerror = ({ message }) => {
    fail(message || 'The worker of this page did not start.');
    endWorker();
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (data.kind === 'progress') return showProgress(data.text, data.done, data.total);
    endWorker();
    if (data.kind === 'result') show(data.result);
    if (data.kind === 'failed') fail(data.message);
    if (data.kind === 'seen') {
      askForShapes(data.inputs);
      restrictForms(data.asIs);
    }
  };
  worker.postMessage(order);
}

function forgetFile(): void {
  file = undefined;
  byId<HTMLInputElement>('file').value = '';
  byId('drop').classList.remove('chosen');
  byId('file-name').textContent = 'It stays on this machine.';
  askForShapes([]);
  restrictForms(false);
}

async function take(chosen: File | undefined): Promise<void> {
  if (!chosen) return;
  endWorker();
  forgetFile();
  file = { kind: 'file', name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) };
  byId('file-name').textContent = chosen.name;
  byId('drop').classList.add('chosen');
  for (const radio of document.querySelectorAll<HTMLInputElement>('[name=network]')) {
    radio.checked = false;
  }
  command({ kind: 'look', source: file });
}

function listen(): void {
  byId('networks').addEventListener('change', () => {
    endWorker();
    forgetFile();
  });
  byId<HTMLInputElement>('file').addEventListener('change', ({ target }) =>
    take((target as HTMLInputElement).files?.[0]),
  );
  const drop = byId('drop');
  addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    take(event.dataTransfer?.files[0]);
  });
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    const request = requestOf(file);
    if (request.contestants.length === 0) return fail('Nobody is chosen to run it.');
    endWorker();
    byId('results').hidden = true;
    setRunning(true);
    showProgress('Starting', 0, undefined);
    command({ kind: 'race', request });
  });
  byId('stop').addEventListener('click', () => {
    const stopping = worker;
    stopping?.postMessage({ kind: 'stop' } satisfies Order);
    showProgress('Stopping', 0, undefined);
    // A kernel that computes for long does not hear it.
    setTimeout(() => stopping === worker && endWorker(), 10_000);
  });
}

function showSurroundings(): void {
  const cores = navigator.hardwareConcurrency;
  const facts = [
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    globalThis.crossOriginIsolated
      ? 'Cross-origin isolated: threads share memory'
      : 'Not cross-origin isolated: one thread',
  ];
  byId('surroundings').append(...facts.map((fact) => element('li', {}, fact)));
}

fillForm();
showSurroundings();
listen();
