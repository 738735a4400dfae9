import type { Graph, Node } from '@subbyte/graph';
import { toOnnx } from '@subbyte/onnx';
import { random, randomNormal, type Tensor, zeros } from '@subbyte/tensor';

const widths = [16, 32, 64] as const;
const blocksPerStage = 3;
const classes = 10;

/**
 * ResNet-20 for 32 x 32 pictures (He et al. 2016, section 4.2; projection shortcuts) with random
 * weights and folded batch norm: the work of a real network, on any machine. Input `input`
 * `[n, 3, 32, 32]`, output `logits` `[n, 10]`.
 */
export function residualNetwork(seed = 1): Graph {
  const stream = random(seed);
  const constants = new Map<string, Tensor>();
  const nodes: Node[] = [];

  const conv = (
    name: string,
    input: string,
    [cin, cout]: readonly [number, number],
    { size = 3, stride = 1, gain = 2 } = {},
  ): string => {
    const pad = (size - 1) / 2;
    const deviation = Math.sqrt(gain / (cin * size * size));
    constants.set(`${name}.weight`, randomNormal([cout, cin, size, size], stream, 0, deviation));
    constants.set(`${name}.bias`, zeros([cout]));
    nodes.push({
      op: 'conv2d',
      name,
      inputs: [input, `${name}.weight`, `${name}.bias`],
      outputs: [`${name}.out`],
      attributes: {
        strides: [stride, stride],
        dilations: [1, 1],
        padding: [pad, pad, pad, pad],
        groups: 1,
      },
    });
    return `${name}.out`;
  };
  const relu = (input: string): string => {
    nodes.push({
      op: 'relu',
      name: `${input}.relu`,
      inputs: [input],
      outputs: [`${input}.relu`],
      attributes: {},
    });
    return `${input}.relu`;
  };

  let value = relu(conv('stem', 'input', [3, widths[0]]));
  let channels: number = widths[0];
  for (const [stage, width] of widths.entries()) {
    for (let block = 0; block < blocksPerStage; block++) {
      const name = `stage${stage}.block${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const first = relu(conv(`${name}.conv1`, value, [channels, width], { stride }));
      const second = conv(`${name}.conv2`, first, [width, width], { gain: 0.5 });
      const shortcut =
        stride === 1
          ? value
          : conv(`${name}.shortcut`, value, [channels, width], { size: 1, stride, gain: 1 });
      nodes.push({
        op: 'add',
        name: `${name}.add`,
        inputs: [second, shortcut],
        outputs: [`${name}.sum`],
        attributes: {},
      });
      value = relu(`${name}.sum`);
      channels = width;
    }
  }
  constants.set('linear.weight', randomNormal([channels, classes], stream, 0, 0.2));
  nodes.push(
    {
      op: 'reduceMean',
      name: 'pool',
      inputs: [value],
      outputs: ['pooled'],
      attributes: { axes: [2, 3], keepAxes: false },
    },
    {
      op: 'matmul',
      name: 'linear',
      inputs: ['pooled', 'linear.weight'],
      outputs: ['logits'],
      attributes: { transposeA: false, transposeB: false },
    },
  );
  return {
    name: 'resnet20',
    inputs: [{ name: 'input', dtype: 'float32', shape: ['n', 3, 32, 32] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['n', classes] }],
    nodes,
    constants,
    metadata: {},
  };
}

/** The same network as an ONNX file. */
export const residualNetworkModel = (seed?: number): Uint8Array =>
  toOnnx(residualNetwork(seed), { form: 'float' });
