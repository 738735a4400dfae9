import {
  type Device,
  DeviceRefusal,
  isDeviceRefusal,
  KernelError,
  reference,
} from '@subbyte/kernels';
import { type Random, random, randomNormal, tensor, toNumbers } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { GpuError, gpu } from '../src/index.ts';
import { isPage, modes } from './modes.ts';

/** Runs `work` on a device of the first mode there is. */
async function withDevice(work: (device: Device) => Promise<void>): Promise<void> {
  const device = await gpu({ mode: modes[0] }).open();
  try {
    await work(device);
  } finally {
    await device.dispose();
  }
}

test('memory: results live until they are disposed, frozen operands until the device is', () =>
  withDevice(async (device) => {
    const before = device.liveBytes();
    const weight = randomNormal([4, 3, 1, 1], random(1));
    device.freeze(weight);
    const options = {
      strides: [1, 1],
      dilations: [1, 1],
      padding: [0, 0, 0, 0],
      groups: 1,
    } as const;
    const x = device.upload(randomNormal([1, 3, 8, 8], random(2)));
    const bytes: number[] = [];
    for (let i = 0; i < 3; i++) {
      const y = device.kernels.conv2d([x, weight], options);
      await device.download(y);
      bytes.push(device.liveBytes() - before);
      y.storage.dispose();
      y.storage.dispose();
    }
    expect(bytes).toEqual(new Array(3).fill(4 * (3 * 64 + 4 * 64 + 12)));
    x.storage.dispose();
    // Disposing happens in its turn.
    await device.download(device.zeros([1], 'float32'));
    expect(device.liveBytes() - before).toBe(4 * (12 + 1));
  }));

test('elements on the device cannot be looked at, and those that were disposed not be used', () =>
  withDevice(async (device) => {
    const x = device.upload(tensor([1, 2, 3]));
    expect(() => toNumbers(x)).toThrow(DeviceRefusal);
    const y = device.kernels.relu([x], {});
    x.storage.dispose();
    expect(toNumbers(await device.download(y))).toEqual([1, 2, 3]);
    const refused = async (): Promise<unknown> => device.download(device.kernels.relu([x], {}));
    await expect(refused()).rejects.toThrow('disposed');
  }));

test('what has no code is refused, what does not fit is an error', () =>
  withDevice(async (device) => {
    const x = device.upload(tensor([1, 2, 3, 4], [2, 2]));
    expect(() =>
      device.kernels.argMax([x], { axis: 0, keepAxes: true, selectLast: false }),
    ).toThrow('argMax has no code for a GPU');
    const wide = tensor([1n, 2n], [2], 'int64');
    expect(() => device.upload(wide)).toThrow('int64 elements do not go on a GPU');
    expect(() => device.kernels.add([x, device.zeros([3], 'float32')], {})).toThrow(KernelError);
    let cause: unknown;
    try {
      device.kernels.cumulativeSum([x], { axis: 0 });
    } catch (thrown) {
      cause = thrown;
    }
    expect(isDeviceRefusal(cause)).toBe(true);
    expect(isDeviceRefusal(new KernelError('x'))).toBe(false);
  }));

test('a disposed device says so, and can be disposed again', async () => {
  const device = await gpu({ mode: modes[0] }).open();
  const x = device.upload(tensor([1]));
  await device.dispose();
  await device.dispose();
  expect(() => device.kernels.relu([x], {})).toThrow(GpuError);
  await expect(device.download(x)).rejects.toThrow('was disposed');
});

test('auto takes a GPU or says of each mode why it does not work', async () => {
  if (isPage) {
    const device = await gpu().open();
    expect(device.name).toBe('webgpu');
    await device.dispose();
    return;
  }
  await expect(gpu().open()).rejects.toThrow(
    'no GPU: webgpu: no navigator.gpu; webgl2: no context',
  );
});

test('sums beyond 2^24 are exact', () =>
  withDevice(async (device) => {
    const inputs = 600;
    const whole = (stream: Random, size: number, low: number, high: number): number[] =>
      Array.from({ length: size }, () => low + stream.integer(high - low + 1));
    const stream = random(4);
    const operands = [
      tensor(whole(stream, 3 * inputs, 200, 255), [3, inputs], 'uint8'),
      tensor(whole(stream, 5 * inputs, 100, 127), [5, inputs], 'int8'),
      tensor([2 ** 24 + 1, -(2 ** 24) - 3, 70_000, -1, 0], [5], 'int32'),
      tensor([1, 2 ** -20, 1, 0.3, 1], [5]),
    ] as const;
    const options = {
      inputZero: 3,
      output: { dtype: 'float32', zeroPoint: 0, min: -3e38, max: 3e38 },
    } as const;
    const expected = toNumbers(reference.integerMatmul(operands, options));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(2 ** 24);
    const result = device.kernels.integerMatmul(operands, options);
    expect(toNumbers(await device.download(result))).toEqual(expected);
  }));

test('many tensors are joined in several steps, and nothing is left over', () =>
  withDevice(async (device) => {
    const parts = Array.from({ length: 14 }, (_, k) => device.upload(tensor([k, k + 0.5], [2, 1])));
    const before = device.liveBytes();
    const joined = device.kernels.concat(parts, { axis: 1 });
    const values = toNumbers(await device.download(joined));
    const first = Array.from({ length: 14 }, (_, k) => k);
    expect(values).toEqual([...first, ...first.map((k) => k + 0.5)]);
    expect(device.liveBytes() - before).toBe(4 * 28);
  }));
