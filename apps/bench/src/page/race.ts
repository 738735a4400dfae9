import { setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { compile } from '@subbyte/runtime';
import {
  difference,
  feedShapes,
  inTurn,
  medianRatio,
  type Rounds,
  randomFeeds,
  type Session,
} from 'subbyte/bench';
import { type ContestantName, contestantNames, contestants } from './contestants.ts';
import type { RaceEntry, RaceRequest, RaceResult } from './messages.ts';
import { type Formed, formOf, openModel } from './model.ts';
import { loadOrt, theirThreads } from './onnxruntime.ts';

/** Milliseconds of a turn at least: the clock of a page that is not isolated ticks every 0.1 ms. */
const turn = 10;

interface Runner {
  readonly id: ContestantName;
  readonly session: Session;
  readonly bytes: number;
  readonly agreement?: number;
}

/** Tells the visitor what is being done. */
export type Progress = (text: string, done: number, total?: number) => void;

const ownSession = async ({ graph }: Formed): Promise<Session> => {
  const session = await compile(graph, { clock: () => performance.now() });
  return { ...session, dispose: session.release };
};

/**
 * Makes all forms of the model that are wanted, checks that both engines give the same outputs, and lets all run in
 * turn.
 * @throws the signal's reason when it aborts before there is a round to tell of.
 */
export async function race(
  request: RaceRequest,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<RaceResult> {
  const backend = await wasm({ threads: request.threads });
  setBackend(backend);
  onProgress('Making the network', 0);
  const model = openModel(request.source);
  const feeds = randomFeeds(
    feedShapes(model.graph.inputs, { batch: request.batch, shapes: request.shapes }),
  );
  const wanted = contestantNames.filter(
    (name) =>
      request.contestants.includes(name) && (!model.asIs || contestants[name].variant === 'float'),
  );
  const runners: Runner[] = [];
  for (const variant of new Set(wanted.map((name) => contestants[name].variant))) {
    const those = wanted.filter((name) => contestants[name].variant === variant);
    const label = those.map((name) => contestants[name].label).at(-1);
    onProgress(`${variant === 'float' ? 'Preparing' : 'Quantizing to'} ${label}`, 0);
    const formed = await formOf(model, variant, feeds, {
      signal,
      onProgress: (done, total) => onProgress(`Quantizing to ${label}`, done, total),
    });
    onProgress(`Loading ${label}`, 0);
    // Also where it only checks: whoever is fast and wrong has not won.
    const theirs = await loadOrt(formed.bytes, request.threads);
    const expected = await theirs.run(feeds);
    signal.throwIfAborted();
    for (const id of those) {
      const bytes = formed.bytes.length;
      if (contestants[id].engine === 'onnxruntime-web') {
        runners.push({ id, session: theirs, bytes });
        continue;
      }
      const session = await ownSession(formed);
      const agreement = difference([expected], [await session.run(feeds)]).sqnr;
      runners.push({ id, session, bytes, agreement });
    }
    if (those.every((id) => contestants[id].engine !== 'onnxruntime-web')) await theirs.dispose();
    signal.throwIfAborted();
  }
  runners.sort((a, b) => contestantNames.indexOf(a.id) - contestantNames.indexOf(b.id));
  const rounds = await inTurn(
    runners.map(({ id, session }) => ({ name: id, run: () => session.run(feeds) })),
    {
      ...{ seconds: request.seconds, rounds: request.rounds, turn, signal },
      onRound: (done, expected) => onProgress('Measuring, round', done, expected),
    },
  );
  const count = rounds[0]?.times.length ?? 0;
  if (count === 0) signal.throwIfAborted();
  const bases = runners.flatMap(({ id }, i) =>
    contestants[id].engine === 'onnxruntime-web' ? [{ id, rounds: rounds[i] as Rounds }] : [],
  );
  const entries = runners.map(({ id, session, bytes, agreement }, i): RaceEntry => {
    const { times, median, least } = rounds[i] as Rounds;
    const ratios = bases
      .filter((base) => base.id !== id)
      .map((base) => [base.id, medianRatio({ times }, base.rounds)]);
    return {
      ...{ id, times, median, least, bytes, agreement },
      ratios: Object.fromEntries(ratios),
      layers: session.profile?.(),
    };
  });
  return {
    ...{ version: 1, model: model.title, asIs: model.asIs },
    inputs: Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape])),
    ...{ browser: navigator.userAgent, cores: navigator.hardwareConcurrency },
    isolated: globalThis.crossOriginIsolated,
    threads: { subbyte: backend.threads, onnxruntimeWeb: theirThreads(request.threads) },
    ...{ rounds: count, interrupted: signal.aborted, entries },
  };
}
