import { sizeOf, type Tensor } from '@subbyte/tensor';
import { defineAny, type KernelFactory } from './kernel.ts';
import { kernelSource, split } from './source.ts';

/** Most operands of one kernel: WebGPU promises 8 buffers, one of them for the result. */
const most = 6;

/** Joins tensors along an axis, in several steps when there are many. */
export const concat: KernelFactory<'concat'> = defineAny(
  'concat',
  ({ launcher, shape, dtype }, operands, { axis }) => {
    const inner = sizeOf(shape.slice(axis + 1));
    const join = (parts: readonly Tensor[]): Tensor => {
      const lengths = parts.map((part) => (part.shape[axis] as number) * inner);
      const whole = lengths.reduce((total, length) => total + length, 0);
      let body = `${split('i', whole, 'outer', 'k')}let v = i * 0;\n`;
      let start = 0;
      for (const [p, length] of lengths.entries()) {
        body += `if (k >= ${start} && k < ${start + length}) { v = x${p}[outer * ${length} + k - ${start}]; }\n`;
        start += length;
      }
      const names = parts.map((_, p) => `x${p}`);
      const joined = shape.map((size, k) => (k === axis ? whole / inner : size));
      return launcher.launch(
        'concat',
        kernelSource(names, `${body}return v;`),
        parts,
        joined,
        dtype,
      );
    };
    let parts: readonly Tensor[] = operands;
    while (parts.length > most) {
      const first = join(parts.slice(0, most));
      const made = parts[0] !== operands[0] ? parts[0] : undefined;
      made?.storage.dispose();
      parts = [first, ...parts.slice(most)];
    }
    const result = join(parts);
    if (parts[0] !== operands[0]) parts[0]?.storage.dispose();
    return result;
  },
);
