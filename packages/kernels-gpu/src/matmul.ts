import { matmulSizes } from '@subbyte/kernels';
import { broadcastStrides, type Tensor } from '@subbyte/tensor';
import { activate } from './activation.ts';
import { defineFloat, type KernelFactory } from './kernel.ts';
import { kernelSource, walk } from './source.ts';

/** Matrix products, one output element a thread. */
export const matmul: KernelFactory<'matmul'> = defineFloat(
  'matmul',
  ({ launch }, [a, b, bias], options) => {
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
    const body = `${statements}let v = ${bias ? `bias[${offsets[2]}]` : '0'};
let fromA = ${offsets[0]};
let fromB = ${offsets[1]};
for (let k = 0; k < ${inner}; k++) { v += a[fromA + k * ${innerA}] * b[fromB + k * ${innerB}]; }
${activate(options.activation)}return v;`;
    const operands = bias ? [a, b, bias] : [a, b];
    return launch(kernelSource(bias ? ['a', 'b', 'bias'] : ['a', 'b'], body), operands);
  },
);
