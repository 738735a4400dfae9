import { valueAndGrad } from '@subbyte/autograd';
import {
  flattenTree,
  mapTree,
  random,
  randomNormal,
  type Tensor,
  type Tree,
  tensor,
  toNumbers,
  zeros,
} from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { crossEntropy, mobileNetV2, NnError, type Variables } from '../src/index.ts';
import { checkModule, descend } from './helpers.ts';

const sizes = ({ parameters }: Variables): ReadonlyMap<string, number> =>
  new Map(flattenTree(parameters).map(([path, leaf]) => [path, leaf.size]));

const total = (variables: Variables): number =>
  [...sizes(variables).values()].reduce((sum, size) => sum + size, 0);

/** A block with a skip connection and no expansion, then one with an expansion and a stride. */
const small = {
  classes: 3,
  channels: 1,
  stem: { channels: 8, stride: 1 },
  blocks: [
    { expansion: 1, channels: 8, repeats: 1, stride: 1 },
    { expansion: 2, channels: 16, repeats: 1, stride: 2 },
  ],
  lastChannels: 16,
} as const;

test('the network of the paper has as many parameters as published', () => {
  const paper = mobileNetV2({ classes: 1000 });
  const variables = paper.init(random(1));
  expect(total(variables)).toBe(3_504_872);
  // Strides of 2 five times: the smallest picture.
  expect(paper.apply(variables, randomNormal([1, 3, 32, 32], random(2))).y.shape).toEqual([
    1, 1000,
  ]);
  // A width below 1 leaves the last convolution as it is.
  expect(total(mobileNetV2({ classes: 1000, width: 0.5 }).init(random(1)))).toBe(1_968_680);
});

test('variables are named after their places; channels are multiples of 8', () => {
  const names = sizes(mobileNetV2({ ...small, width: 1.1 }).init(random(1)));
  // 8.8 and 17.6 round down.
  expect(Object.fromEntries(names)).toMatchObject({
    'stem.conv.weight': 8 * 9,
    'block1.depthwise.conv.weight': 8 * 9,
    'block1.project.norm.scale': 8,
    'block2.expand.conv.weight': 8 * 16,
    'block2.depthwise.conv.weight': 16 * 9,
    'block2.project.conv.weight': 16 * 16,
    'last.conv.weight': 16 * 16,
    'classifier.weight': 3 * 16,
    'classifier.bias': 3,
  });
  expect(names.has('block1.expand.conv.weight')).toBe(false);
  // 8 would be more than a tenth below.
  const wider = sizes(mobileNetV2({ ...small, stem: { channels: 9, stride: 1 } }).init(random(1)));
  expect(wider.get('stem.norm.scale')).toBe(16);
});

test('a block whose body gives zero lets through what came in, where the shapes allow it', () => {
  const [first] = small.blocks;
  const deep = mobileNetV2({ ...small, blocks: [{ ...first, expansion: 3, repeats: 2 }] });
  const shallow = mobileNetV2({ ...small, blocks: [{ ...first, expansion: 3 }] });
  const { parameters, state } = deep.init(random(5));
  const silenced = Object.fromEntries(
    Object.entries(parameters as { readonly [name: string]: Tree }).map(([name, tree]) => [
      name,
      name === 'block2' ? mapTree(tree, (leaf) => zeros(leaf.shape)) : tree,
    ]),
  );
  const x = randomNormal([2, 1, 6, 6], random(6));
  const expected = shallow.apply({ parameters, state }, x).y;
  expect(toNumbers(deep.apply({ parameters: silenced, state }, x).y)).toEqual(toNumbers(expected));
  expect(toNumbers(deep.apply({ parameters, state }, x).y)).not.toEqual(toNumbers(expected));
});

test('bottlenecks keep negative values', () => {
  const net = mobileNetV2({ ...small, blocks: [{ ...small.blocks[1], channels: 8 }] });
  const { parameters, state } = net.init(random(1));
  const apply = (bias: number): readonly number[] => {
    const shifted = mapTree(parameters, (leaf) => leaf) as { readonly [name: string]: Tree };
    const block = shifted.block1 as { readonly [name: string]: Tree };
    const project = block.project as { readonly [name: string]: Tree };
    const norm = { scale: zeros([8]), bias: tensor(new Float32Array(8).fill(bias), [8]) };
    const changed = { ...shifted, block1: { ...block, project: { ...project, norm } } };
    const x = randomNormal([1, 1, 4, 4], random(2));
    return toNumbers(net.apply({ parameters: changed, state }, x).y);
  };
  // A relu6 there would make no difference between them.
  expect(apply(-1)).not.toEqual(apply(-2));
  expect(apply(7)).not.toEqual(apply(8));
});

test('gradients match central differences', () => {
  for (const train of [false, true]) checkModule(mobileNetV2(small), [3, 1, 6, 6], train);
});

test('every parameter learns', () => {
  const net = mobileNetV2(small);
  const variables = net.init(random(7));
  const x = randomNormal([6, 1, 8, 8], random(8));
  const loss = (y: Tensor): Tensor => crossEntropy(y, tensor([0, 1, 2, 0, 1, 2], [6], 'int32'));
  const { gradient } = valueAndGrad((parameters: Tree) =>
    loss(net.apply({ parameters, state: variables.state }, x, { train: true }).y),
  )(variables.parameters);
  for (const [path, leaf] of flattenTree(gradient)) {
    expect(Math.max(...toNumbers(leaf).map(Math.abs)), path).toBeGreaterThan(0);
  }
  const { losses } = descend(net, variables, loss, x, 0.3, 30);
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number));
});

test('what makes no network is refused', () => {
  const wrong = [
    { classes: 0 },
    { classes: 10, width: 0 },
    { classes: 10, width: Number.NaN },
    { classes: 10, stem: { channels: 16, stride: 0.5 } },
    { classes: 10, blocks: [{ expansion: 0, channels: 8, repeats: 1, stride: 1 }] },
    { classes: 10, blocks: [{ expansion: 1, channels: 8, repeats: 0, stride: 1 }] },
    { classes: 10, blocks: [{ expansion: 1, channels: 8, repeats: 1, stride: -2 }] },
    { classes: 10, blocks: [{ expansion: 1, channels: Number.NaN, repeats: 1, stride: 1 }] },
    { classes: 10, lastChannels: -1 },
  ];
  for (const options of wrong) {
    expect(() => mobileNetV2(options), JSON.stringify(options)).toThrow(NnError);
  }
});
