import { DeviceRefusal, resizeTaps } from '@subbyte/kernels';
import { sizeOf, type Tensor } from '@subbyte/tensor';
import { defineAny, type KernelFactory } from './kernel.ts';
import { readNearest } from './movement.ts';
import { kernelSource, split } from './source.ts';

/** ONNX Resize: nearest elements by tables, linear and cubic ones as weighted sums along one axis after the other. */
export const resize: KernelFactory<'resize'> = defineAny(
  'resize',
  ({ launcher, launch, dtype }, [x], options) => {
    if (options.mode === 'nearest') return readNearest(launcher, launch, x, options);
    if (dtype !== 'float32') throw new DeviceRefusal(`resize of ${dtype} has no code for a GPU`);
    const axes = x.shape.flatMap((_, axis) => {
      const taps = resizeTaps(x.shape, axis, options);
      return taps ? [{ axis, taps }] : [];
    });
    if (axes.length === 0) return launch(kernelSource(['x'], 'return x[i];'), [x]);
    let value: Tensor = x;
    for (const { axis, taps } of axes) {
      const count = taps[0]?.positions.length ?? 0;
      const [length, inner] = [x.shape[axis] as number, sizeOf(x.shape.slice(axis + 1))];
      const list = taps.flatMap(({ positions, weights }) => [...positions, ...weights]);
      const body = `${split('i', inner, 'line', 'k')}${split('line', taps.length, 'outer', 'to')}
let v = i * 0;
for (let t = 0; t < ${count}; t++) {
  v += taps[to * ${2 * count} + ${count} + t] * x[(outer * ${length} + taps[to * ${2 * count} + t]) * ${inner} + k];
}
return v;`;
      const shape = value.shape.map((size, k) => (k === axis ? taps.length : size));
      const next = launcher.launch(
        'resize',
        kernelSource(['x', 'taps'], body),
        [value, launcher.table(`taps ${list}`, () => list)],
        shape,
      );
      if (value !== x) value.storage.dispose();
      value = next;
    }
    return value;
  },
);
