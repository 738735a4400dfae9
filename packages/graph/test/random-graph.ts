// Random float graphs for property tests: rank-2 values `[N, 4]`, layers, scales, activations,
// views, several outputs.
import { random, randomNormal, type Tensor, tensor } from '@subbyte/tensor';
import type { Graph, Node } from '../src/index.ts';
import { float, graphOf, node } from './support.ts';

const width = 4;

/** A graph of about `count` nodes, the same for the same seed. */
export function randomGraph(seed: number, count: number): Graph {
  const stream = random(seed);
  const constants: Record<string, Tensor> = {
    three: tensor([3], []),
    sixth: tensor([1 / 6], [1]),
    shape: tensor([-1, width], [2], 'int64'),
    low: tensor([0], []),
    high: tensor([6], []),
  };
  const values = ['x', 'z'];
  const nodes: Node[] = [];
  const pick = (): string =>
    values[stream.integer(Math.min(values.length, 4)) + Math.max(0, values.length - 4)] as string;
  const constant = (...shape: number[]): string => {
    const name = `c${Object.keys(constants).length}`;
    constants[name] = randomNormal(shape, stream, 0.5);
    return name;
  };
  const push = (made: Node): string => {
    nodes.push(made);
    return made.outputs[0] as string;
  };
  const makers: ((y: string) => string)[] = [
    (y) =>
      push(
        node('matmul', [pick(), constant(width, width)], y, {
          transposeA: false,
          transposeB: stream.uniform() < 0.5,
        }),
      ),
    (y) => push(node('mul', [pick(), constant(width)], y, {})),
    (y) => push(node('add', [constant(1, width), pick()], y, {})),
    (y) => push(node('sub', [constant(1), pick()], y, {})),
    (y) => push(node('add', [pick(), pick()], y, {})),
    (y) => push(node('mul', [pick(), pick()], y, {})),
    (y) => push(node('relu', [pick()], y, {})),
    (y) => push(node('mul', [pick(), 'three'], y, {})),
    (y) => push(node('add', ['sixth', pick()], y, {})),
    (y) => push(node('tanh', [pick()], y, {})),
    (y) => push(node('dynamicClip', [pick(), 'low', 'high'], y, {})),
    (y) => {
      const source = pick();
      push(node('sigmoid', [source], `${y}.gate`, {}));
      return push(node('mul', [source, `${y}.gate`], y, {}));
    },
    (y) => {
      const source = pick();
      push(node('add', [source, 'three'], `${y}.a`, {}));
      push(node('clip', [`${y}.a`], `${y}.b`, { min: 0, max: 6 }));
      push(node('mul', [`${y}.b`, 'sixth'], `${y}.c`, {}));
      return push(node('mul', [`${y}.c`, source], y, {}));
    },
    (y) =>
      push(
        node('batchNorm', [pick(), ...[0, 1, 2].map(() => constant(width)), 'variance'], y, {
          epsilon: 1e-3,
        }),
      ),
    (y) => push(node('identity', [pick()], y, {})),
    (y) => push(node('dynamicReshape', [pick(), 'shape'], y, { allowZero: false })),
    (y) => {
      push(node('unsqueeze', [pick()], `${y}.u`, { axes: [1] }));
      return push(node('squeeze', [`${y}.u`], y, { axes: [1] }));
    },
    (y) => {
      push(node('shape', [pick()], `${y}.s`, { start: 0 }));
      return push(node('dynamicExpand', [constant(width), `${y}.s`], y, {}));
    },
    (y) => {
      push(node('split', [pick()], [`${y}.l`, `${y}.r`], { axis: -1 }));
      return push(node('concat', [`${y}.r`, `${y}.l`], y, { axis: 1 }));
    },
    (y) => push(node('softmax', [pick()], y, { axis: -1 })),
  ];
  constants.variance = tensor([0.5, 1, 2, 3]);
  for (let i = 0; i < count; i++) {
    const make = makers[stream.integer(makers.length)] as (y: string) => string;
    values.push(make(`v${i}`));
  }
  const outputs = new Set([values.at(-1) as string]);
  while (outputs.size < 1 + stream.integer(3)) outputs.add(pick());
  return graphOf(
    [float('x', ['N', width]), float('z', ['N', width])],
    nodes,
    [...outputs],
    constants,
  );
}
