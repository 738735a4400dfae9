// Computes beside the page, which stays able to show progress and to stop it.
import type { Answer, Order } from './messages.ts';
import { openModel } from './model.ts';
import { race } from './race.ts';

const controller = new AbortController();
const answer = (message: Answer): void => postMessage(message);
const every = 100;
let toldAt = 0;

async function obey(order: Order): Promise<void> {
  if (order.kind === 'stop') return controller.abort();
  if (order.kind === 'look') {
    const { graph, asIs } = openModel(order.source);
    const inputs = graph.inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
    return answer({ kind: 'seen', inputs, asIs });
  }
  const result = await race(order.request, controller.signal, (text, done, total) => {
    const now = performance.now();
    if (done > 0 && now - toldAt < every) return;
    toldAt = now;
    answer({ kind: 'progress', text, done, ...(total === undefined ? {} : { total }) });
  });
  answer({ kind: 'result', result });
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  obey(data).catch((error: unknown) => {
    if (controller.signal.aborted) return answer({ kind: 'stopped' });
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
