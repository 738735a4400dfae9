import { broadcastStrides, reshape, type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import type { Launcher } from './device.ts';
import { defineFloat, type KernelFactories, type KernelFactory } from './kernel.ts';
import { reduceAxis } from './reduction.ts';
import { kernelSource, literal, split, walk } from './source.ts';

/** `x` as `[outer, length, inner]` around `axis`. */
function around(x: Tensor, axis: number): Tensor {
  const { shape } = x;
  const sizes = [
    sizeOf(shape.slice(0, axis)),
    shape[axis] as number,
    sizeOf(shape.slice(axis + 1)),
  ];
  return reshape(x, sizes);
}

/** Statements that put the element's row of `[outer, 1, inner]` into `row`. */
function rowOf([, length, inner]: Shape): string {
  return (
    split('i', inner as number, 'line', 'within') +
    split('line', length as number, 'outer', 'along') +
    `let row = outer * ${inner} + within;\n`
  );
}

const release = (...tensors: readonly Tensor[]): void => {
  for (const { storage } of tensors) storage.dispose();
};

function softmaxLike<K extends 'softmax' | 'logSoftmax'>(kernel: K): KernelFactory<K> {
  return defineFloat(kernel, ({ launcher, launch }, operands, options) => {
    const x = around((operands as readonly [Tensor])[0], (options as { axis: number }).axis);
    const highest = reduceAxis(launcher, kernel, x, 1, 'reduceMax');
    const row = rowOf(x.shape);
    const raised = launcher.launch(
      kernel,
      kernelSource(['x', 'most'], `${row}return Math.exp(x[i] - most[row]);`),
      [x, highest],
      x.shape,
    );
    const total = reduceAxis(launcher, kernel, raised, 1, 'reduceSum');
    const result =
      kernel === 'softmax'
        ? launch(kernelSource(['e', 'total'], `${row}return e[i] / total[row];`), [raised, total])
        : launch(
            kernelSource(
              ['x', 'most', 'total'],
              `${row}return x[i] - most[row] - Math.log(total[row]);`,
            ),
            [x, highest, total],
          );
    release(highest, raised, total);
    return result;
  });
}

/** Mean and variance of each row of `x`, `[rows, length]`. */
function momentsOf(launcher: Launcher, kernel: string, x: Tensor): readonly [Tensor, Tensor] {
  const [, length] = x.shape as readonly [number, number];
  const mean = reduceAxis(launcher, kernel, x, 1, 'reduceMean');
  const away = launcher.launch(
    kernel,
    kernelSource(
      ['x', 'mean'],
      `${split('i', length, 'row', 'k')}let d = x[i] - mean[row];\nreturn d * d;`,
    ),
    [x, mean],
    x.shape,
  );
  const variance = reduceAxis(launcher, kernel, away, 1, 'reduceMean');
  release(away);
  return [mean, variance];
}

const standard = (epsilon: number): string =>
  `(x[i] - mean[row]) / Math.sqrt(variance[row] + ${literal(epsilon)})`;

/** Per sample over the axes from one on. */
const layerNorm: KernelFactory<'layerNorm'> = defineFloat(
  'layerNorm',
  ({ launcher, launch }, [input, scale, bias], { axis, epsilon }) => {
    const length = sizeOf(input.shape.slice(axis));
    const x = reshape(input, [input.size / length, length]);
    const [mean, variance] = momentsOf(launcher, 'layerNorm', x);
    const strides = [scale, bias ?? scale].map(({ shape }) => broadcastStrides(shape, input.shape));
    const { statements, offsets } = walk('i', { sizes: input.shape, strides }, 'p');
    const added = bias ? ` + bias[${offsets[1]}]` : '';
    const body = `${split('i', length, 'row', 'k')}${statements}return ${standard(epsilon)} * scale[${offsets[0]}]${added};`;
    const names = ['x', 'mean', 'variance', 'scale', ...(bias ? ['bias'] : [])];
    const result = launch(kernelSource(names, body), [
      ...[x, mean, variance, scale],
      ...(bias ? [bias] : []),
    ]);
    release(mean, variance);
    return result;
  },
);

/** Per sample and channel. */
const instanceNorm: KernelFactory<'instanceNorm'> = defineFloat(
  'instanceNorm',
  ({ launcher, launch }, [input, scale, bias], { epsilon }) => {
    const [batch, channels] = input.shape as readonly [number, number];
    const length = input.size / (batch * channels);
    const x = reshape(input, [batch * channels, length]);
    const [mean, variance] = momentsOf(launcher, 'instanceNorm', x);
    const body = `${split('i', length, 'row', 'k')}${split('row', channels, 'n', 'c')}return ${standard(epsilon)} * scale[c] + bias[c];`;
    const names = ['x', 'mean', 'variance', 'scale', 'bias'];
    const result = launch(kernelSource(names, body), [x, mean, variance, scale, bias]);
    release(mean, variance);
    return result;
  },
);

/** With statistics that are given, along axis 1. */
const batchNorm: KernelFactory<'batchNorm'> = defineFloat(
  'batchNorm',
  ({ launch }, operands, { epsilon }) => {
    const [x] = operands;
    const inner = sizeOf(x.shape.slice(2));
    const channels = x.shape[1] as number;
    const body = `${split('i', inner, 'line', 'k')}${split('line', channels, 'n', 'row')}return ${standard(epsilon)} * scale[row] + bias[row];`;
    return launch(kernelSource(['x', 'scale', 'bias', 'mean', 'variance'], body), operands);
  },
);

/** Kernels that normalise. */
export const normalizationKernels: KernelFactories<
  'softmax' | 'logSoftmax' | 'layerNorm' | 'instanceNorm' | 'batchNorm'
> = {
  softmax: softmaxLike('softmax'),
  logSoftmax: softmaxLike('logSoftmax'),
  layerNorm,
  instanceNorm,
  batchNorm,
};
