import { trace } from '@subbyte/graph';
import { getBackend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { resnet } from '@subbyte/nn';
import { toOnnx } from '@subbyte/onnx';
import { type CheckpointStore, QuantizeError, quantize } from '@subbyte/quantize';
import { opfsCheckpoints } from '@subbyte/quantize/opfs';
import { random, randomNormal, type Tensor } from '@subbyte/tensor';
import { afterAll, beforeAll, expect, test } from 'vitest';

const before = getBackend();
let close = (): void => undefined;
beforeAll(async () => {
  const backend = await wasm();
  setBackend(backend);
  close = backend.close;
});
afterAll(() => {
  setBackend(before);
  close();
});

const hasFiles = 'storage' in navigator && 'getDirectory' in navigator.storage;
const folder = 'subbyte-test-units';

/** Learns a small network and writes it. */
async function learn(checkpoint?: CheckpointStore, signal?: AbortSignal): Promise<Uint8Array> {
  const network = resnet({ depth: 8, classes: 4, width: 8 });
  const variables = network.init(random(1));
  const graph = trace(
    (x: Tensor) => network.apply(variables, x).y,
    randomNormal([2, 3, 8, 8], random(2)),
    { batch: 'n', name: 'small' },
  );
  const { graph: small } = await quantize(graph, {
    weights: { bits: 3 },
    activations: { bits: 4 },
    calibration: [randomNormal([32, 3, 8, 8], random(3))],
    reconstruction: { method: 'qdrop', iterations: 20, finishIterations: 10, batchSize: 8 },
    checkpoint,
    signal,
  });
  return toOnnx(small, { form: 'packed' });
}

test.skipIf(!hasFiles)('interrupted and gone on with from OPFS: the bytes of one go', async () => {
  const straight = await learn();
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(folder, { recursive: true }).catch(() => undefined);

  const store = await opfsCheckpoints(folder);
  const controller = new AbortController();
  const written: string[] = [];
  const stopping: CheckpointStore = {
    read: store.read,
    write: async (name, bytes) => {
      await store.write(name, bytes);
      written.push(name);
      if (written.length === 3) controller.abort(new Error('stop'));
    },
  };
  const message = await learn(stopping, controller.signal).then(String, (error) => error.message);
  expect(message).toBe('stop');
  expect(written).toHaveLength(3);

  // Another store on the same folder, as after the page was loaded again.
  const again = await opfsCheckpoints(folder);
  const read: string[] = [];
  const watched: CheckpointStore = {
    write: again.write,
    read: async (name) => {
      const bytes = await again.read(name);
      if (bytes) read.push(name);
      return bytes;
    },
  };
  expect(await learn(watched)).toEqual(straight);
  expect(read).toEqual(written);
  await root.removeEntry(folder, { recursive: true });
});

test.skipIf(!hasFiles)(
  'a file that was never finished is none, and odd names are refused',
  async () => {
    const root = await navigator.storage.getDirectory();
    const store = await opfsCheckpoints(folder);
    await (await root.getDirectoryHandle(folder)).getFileHandle('cut', { create: true });
    expect(await store.read('cut')).toBe(undefined);
    expect(await store.read('none')).toBe(undefined);
    await store.write('cut', Uint8Array.of(1, 2, 3).subarray(1));
    expect(await store.read('cut')).toEqual(Uint8Array.of(2, 3));
    for (const attempt of [store.read('a/b'), store.write('..', Uint8Array.of(1))]) {
      const error = await attempt.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(QuantizeError);
    }
    await root.removeEntry(folder, { recursive: true });
  },
);

test.skipIf(hasFiles)('without such a file system a typed error says so', async () => {
  const error = await opfsCheckpoints(folder).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(QuantizeError);
});
