import { conv2d, sum, valueAndGrad } from '@subbyte/autograd';
import { kernels, setBackend } from '@subbyte/kernels';
import { type WasmBackend, wasm } from '@subbyte/kernels-wasm';
import { crossEntropy, resnet } from '@subbyte/nn';
import { sgd } from '@subbyte/optim';
import { advance, mapTree, random, scope, type Tensor, type Tree, tensor } from '@subbyte/tensor';
import { type Convolution, elements, padding } from './convolutions.ts';

/** Our contestant: the same work on a backend of its own. */
export interface Ours {
  readonly name: string;
  readonly threads: number;
  matmul(size: number): () => void;
  convolution(convolution: Convolution): {
    readonly forward: () => void;
    readonly both: () => void;
  };
  resnetStep(batch: number): () => void;
  close(): void;
}

/** A backend with its own threads and memory, by default with fused multiply-add where the engine has it. */
export async function ours(threads: number, relaxedSimd: false | 'auto' = 'auto'): Promise<Ours> {
  const backend: WasmBackend = await wasm({ threads, relaxedSimd });
  const upload = (values: Float32Array, shape: readonly number[]): Tensor =>
    backend.upload(tensor(values, shape));
  const inScope = (work: () => Tensor | Tree): (() => void) => {
    return () => {
      setBackend(backend);
      scope(() => {
        work();
        return undefined;
      });
    };
  };
  return {
    name: [
      'subbyte',
      ...(backend.threads === 1 ? [] : [`${backend.threads} threads`]),
      ...(relaxedSimd === false ? ['multiply, then add'] : []),
    ].join(', '),
    threads: backend.threads,
    matmul: (size) => {
      const a = upload(elements(size ** 2), [size, size]);
      const b = upload(elements(size ** 2), [size, size]);
      return inScope(() => kernels.matmul([a, b], { transposeA: false, transposeB: false }));
    },
    convolution: ({ batch, channels: [inputs, outputs], size, filter, stride, groups }) => {
      const shape = [outputs, inputs / groups, filter, filter];
      const x = upload(elements(batch * inputs * size ** 2), [batch, inputs, size, size]);
      const w = upload(elements(shape.reduce((a, b) => a * b, 1)), shape);
      const conv = (p: { x: Tensor; w: Tensor }): Tensor =>
        conv2d(p.x, p.w, { strides: stride, padding, groups });
      const gradient = valueAndGrad((p: { x: Tensor; w: Tensor }) => sum(conv(p)));
      return {
        forward: inScope(() => sum(conv({ x, w }))),
        both: inScope(() => gradient({ x, w })),
      };
    },
    resnetStep: (batch) => {
      setBackend(backend);
      const model = resnet({ depth: 20, classes: 10, shortcut: 'projection' });
      const images = upload(elements(batch * 3 * 32 ** 2), [batch, 3, 32, 32]);
      const labels = tensor(
        Int32Array.from({ length: batch }, (_, i) => i % 10),
        [batch],
        'int32',
      );
      const optimizer = sgd({ rate: 0.1, momentum: 0.9 });
      const variables = mapTree(model.init(random(1)) as unknown as Tree, backend.upload) as {
        parameters: Tree;
        state: Tree;
      };
      let carried = { ...variables, optimizer: optimizer.init(variables.parameters) };
      return () => {
        setBackend(backend);
        carried = advance(carried, ({ parameters, state, optimizer: before }) => {
          const { gradient, aux } = valueAndGrad((p: Tree) => {
            const { y, state: next } = model.apply({ parameters: p, state }, images, {
              train: true,
            });
            return { value: crossEntropy(y, labels), aux: next };
          })(parameters);
          const [next, after] = optimizer.update(gradient, before, parameters);
          return { parameters: next, state: aux as Tree, optimizer: after };
        });
      };
    },
    close: backend.close,
  };
}
