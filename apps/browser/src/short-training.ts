import { valueAndGrad } from '@subbyte/autograd';
import { getBackend, setBackend } from '@subbyte/kernels';
import { wasm } from '@subbyte/kernels-wasm';
import { crossEntropy, encodeSafetensors, type Module, resnet, type Variables } from '@subbyte/nn';
import { adam, clipByGlobalNorm, cosine, type Optimizer, sgd } from '@subbyte/optim';
import {
  advance,
  mapTree,
  random,
  type Tensor,
  type Tree,
  tensor,
  toHeap,
  toNumbers,
} from '@subbyte/tensor';

/** What a short training left. */
export interface ShortTraining {
  readonly losses: readonly number[];
  /** SHA-256 of all parameters, running statistics and moments. */
  readonly digest: string;
  /** Threads it really had. */
  readonly threads: number;
}

const classes = 4;
const [batch, side, steps] = [16, 16, 12];

/** The network that is trained: `[N, 3, 16, 16]` to logits `[N, 4]`. */
export const network: Module = resnet({ depth: 8, classes, width: 8 });

/** Noise whose brightest quarter tells the class. */
function pictures(seed: number): { images: Tensor; labels: Tensor } {
  const stream = random(seed);
  const labels = Int32Array.from({ length: batch }, (_, i) => i % classes);
  const values = new Float32Array(batch * 3 * side * side);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side) % side];
    const quarter = 2 * Number(y >= side / 2) + Number(x >= side / 2);
    const label = labels[Math.floor(i / (3 * side * side))];
    values[i] = stream.normal() + (quarter === label ? 1 : 0);
  }
  return {
    images: tensor(values, [batch, 3, side, side]),
    labels: tensor(labels, [batch], 'int32'),
  };
}

async function digestOf(tree: Tree): Promise<string> {
  const bytes = new Uint8Array(encodeSafetensors(tree));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Trains the network for a few steps and leaves its variables on the heap. */
function trainFor(optimizer: Optimizer): { variables: Variables; losses: number[]; all: Tree } {
  const { images, labels } = pictures(1);
  const { parameters, state } = network.init(random(2));
  const losses: number[] = [];
  let carried = { parameters, state, optimizer: optimizer.init(parameters) };
  for (let step = 0; step < steps; step++) {
    carried = advance(carried, (before) => {
      const { value, gradient, aux } = valueAndGrad((p: Tree) => {
        const { y, state: next } = network.apply({ parameters: p, state: before.state }, images, {
          train: true,
        });
        return { value: crossEntropy(y, labels), aux: next };
      })(before.parameters);
      losses.push(toNumbers(value)[0] as number);
      const [next, memory] = optimizer.update(
        clipByGlobalNorm(gradient, 5),
        before.optimizer,
        before.parameters,
      );
      return { parameters: next, state: aux as Tree, optimizer: memory };
    });
  }
  const all = mapTree(carried, toHeap);
  return { variables: { parameters: all.parameters, state: all.state }, losses, all };
}

/** Variables of the network after a short training on the backend in use. */
export const trained = (): Variables => trainFor(adam({ rate: 0.01 })).variables;

/** Trains with SGD and with Adam on `threads` threads, from a fixed seed. */
export async function shortTraining(threads: number): Promise<ShortTraining> {
  const before = getBackend();
  const backend = await wasm({ threads });
  setBackend(backend);
  try {
    const runs = [
      sgd({ rate: cosine(0.1, steps), momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
      adam({ rate: 0.01 }),
    ].map(trainFor);
    return {
      losses: runs.flatMap(({ losses }) => losses),
      digest: await digestOf(runs.map(({ all }) => all) as unknown as Tree),
      threads: backend.threads,
    };
  } finally {
    backend.close();
    setBackend(before);
  }
}
