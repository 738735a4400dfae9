import { matmulSizes } from '@subbyte/kernels';
import { broadcastStrides, type Tensor } from '@subbyte/tensor';
import { activate } from './activation.ts';
import { defineFloat, type KernelFactory } from './kernel.ts';
import { kernelSource, split, walk } from './source.ts';
import { decodedWeights } from './weight-only.ts';

/** Matrix products, one output element a thread. */
export const matmul: KernelFactory<'matmul'> = defineFloat(
  'matmul',
  ({ launcher, launch }, [a, b, bias], options) => {
    const { batch, rows, inner, columns } = matmulSizes(a.shape, b.shape, options);
    // Operands of rank 1 are a row and a column.
    const full = [...batch, rows, columns];
    const steps = (x: Tensor, transposed: boolean): readonly [row: number, column: number] => {
      if (x.shape.length === 1) return [1, 1];
      const last = x.shape.at(-1) as number;
      return transposed ? [1, last] : [last, 1];
    };
    const [rowA, innerA] = steps(a, options.transposeA);
    const [innerB, columnB] = steps(b, options.transposeB);
    const leading = (x: Tensor): readonly number[] => {
      const matrix = x.shape.slice(-2).reduce((product, size) => product * size, 1);
      return broadcastStrides(x.shape.slice(0, -2), batch).map((stride) => stride * matrix);
    };
    const strides = [
      [...leading(a), rowA, 0],
      [...leading(b), 0, columnB],
      bias ? broadcastStrides(bias.shape, full) : full.map(() => 0),
    ];
    const { statements, offsets } = walk('i', { sizes: full, strides }, 'p');
    const biasAt = `bias[${offsets[2]}]`;
    const codes = launcher.codesOf(b);
    const decoded = codes && decodedWeights(launcher, b, codes);
    if (decoded) {
      const each = `if (k < ${inner}) { v += weight * a[fromA + k * ${innerA}]; }\nk += 1;`;
      const body = `${statements}${split('i', columns, 'line', 'column')}let fromA = ${offsets[0]};
let v = i * 0;
let k = i * 0;
${decoded.loop('column', each)}v = v * scale[column]${bias ? ` + ${biasAt}` : ''};
${activate(options.activation)}return v;`;
      const names = ['a', 'w', 'scale', ...(bias ? ['bias'] : [])];
      return launch(kernelSource(names, body), [a, ...decoded.operands, ...(bias ? [bias] : [])]);
    }
    const body = `${statements}let v = ${bias ? biasAt : 'i * 0'};
let fromA = ${offsets[0]};
let fromB = ${offsets[1]};
for (let k = 0; k < ${inner}; k++) { v += a[fromA + k * ${innerA}] * b[fromB + k * ${innerB}]; }
${activate(options.activation)}return v;`;
    const operands = bias ? [a, b, bias] : [a, b];
    return launch(kernelSource(bias ? ['a', 'b', 'bias'] : ['a', 'b'], body), operands);
  },
);
