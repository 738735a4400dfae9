import type { NodeOf, ReduceKernelName } from '@subbyte/graph';
import { scalar } from '@subbyte/tensor';
import { float, int, ints } from './attributes.ts';
import { emitQuantizeDequantize, soleQuantizer } from './quantized-value.ts';
import type { Named, Rule, Rules, Writer } from './writer.ts';

const reduceOps: { readonly [K in ReduceKernelName]: string } = {
  reduceSum: 'ReduceSum',
  reduceMean: 'ReduceMean',
  reduceMax: 'ReduceMax',
  reduceMin: 'ReduceMin',
  reduceProd: 'ReduceProd',
  reduceSumSquare: 'ReduceSumSquare',
  reduceL1: 'ReduceL1',
  reduceL2: 'ReduceL2',
  reduceLogSumExp: 'ReduceLogSumExp',
};

/** What a reduction over no axes does to each element. */
const overNothing: { readonly [K in ReduceKernelName]: string } = {
  reduceSum: 'Identity',
  reduceMean: 'Identity',
  reduceMax: 'Identity',
  reduceMin: 'Identity',
  reduceProd: 'Identity',
  reduceSumSquare: 'Mul',
  reduceL1: 'Abs',
  reduceL2: 'Abs',
  reduceLogSumExp: 'Identity',
};

function reduce<K extends ReduceKernelName>(kernel: K): Rule<K> {
  return (node, writer) => {
    const [x = ''] = node.inputs;
    const [y = ''] = node.outputs;
    // Every reduction has the same options; the union of their types does not say so.
    const { axes, keepAxes } = node.attributes as NodeOf<'reduceSum'>['attributes'];
    if (axes.length === 0) {
      const inputs = kernel === 'reduceSumSquare' ? [x, x] : [x];
      writer.node(overNothing[kernel], inputs, [y], {}, node.name);
      return;
    }
    if (kernel === 'reduceMean' && isSpatialMean(writer, x, axes)) {
      globalAverage(writer, node, x, y, keepAxes);
      return;
    }
    const asInput = writer.opset >= 18 || kernel === 'reduceSum';
    writer.node(
      reduceOps[kernel],
      asInput ? [x, writer.int64s(`${node.name}/axes`, axes)] : [x],
      [y],
      { keepdims: int(keepAxes), axes: asInput ? undefined : ints(axes) },
      node.name,
    );
  };
}

/** Engines have a kernel for the mean over `[H, W]`, in integers too: GlobalAveragePool. */
function isSpatialMean(writer: Writer, x: string, axes: readonly number[]): boolean {
  const type = writer.types.get(x);
  return (
    type?.dtype === 'float32' && type.shape?.length === 4 && axes.length === 2 && axes[0] === 2
  );
}

function globalAverage(writer: Writer, node: Named, x: string, y: string, keepAxes: boolean): void {
  const mean = keepAxes ? y : writer.name(`${y}/mean`);
  writer.node('GlobalAveragePool', [x], [mean], {}, node.name);
  if (keepAxes) return;
  // A quantizer behind the mean is one behind the pooling too, so that engines pool in integers.
  const quantizer = soleQuantizer(writer, y);
  let pooled = mean;
  if (quantizer !== undefined) {
    pooled = writer.name(`${y}/pooled`);
    emitQuantizeDequantize(
      writer,
      { ...node, name: `${node.name}/pooled` },
      mean,
      pooled,
      quantizer,
    );
  }
  const axes = writer.int64s(`${node.name}/axes`, [2, 3]);
  writer.node('Squeeze', [pooled, axes], [y], {}, `${node.name}/squeeze`);
}

/** Operations that look along axes: reductions and normalisation. */
export type Reduction =
  | ReduceKernelName
  | 'argMax'
  | 'argMin'
  | 'cumulativeSum'
  | 'softmax'
  | 'logSoftmax'
  | 'batchNorm'
  | 'instanceNorm'
  | 'layerNorm'
  | 'dynamicReduce'
  | 'dynamicCumulativeSum'
  | 'topK';

function arg(opType: string): Rule<'argMax' | 'argMin'> {
  return (node, writer) => {
    const { axis, keepAxes, selectLast } = node.attributes;
    writer.emit(node, opType, {
      axis: int(axis),
      keepdims: int(keepAxes),
      select_last_index: int(selectLast),
    });
  };
}

/** Rules of `Reduction`. */
export const reduceRules: Rules<Reduction> = {
  reduceSum: reduce('reduceSum'),
  reduceMean: reduce('reduceMean'),
  reduceMax: reduce('reduceMax'),
  reduceMin: reduce('reduceMin'),
  reduceProd: reduce('reduceProd'),
  reduceSumSquare: reduce('reduceSumSquare'),
  reduceL1: reduce('reduceL1'),
  reduceL2: reduce('reduceL2'),
  reduceLogSumExp: reduce('reduceLogSumExp'),
  argMax: arg('ArgMax'),
  argMin: arg('ArgMin'),
  cumulativeSum: (node, writer) => {
    const axis = scalar(node.attributes.axis, 'int64');
    writer.node(
      'CumSum',
      [...node.inputs, writer.tensor(`${node.name}/axis`, axis)],
      node.outputs,
      {},
      node.name,
    );
  },
  softmax: (node, writer) => writer.emit(node, 'Softmax', { axis: int(node.attributes.axis) }),
  logSoftmax: (node, writer) =>
    writer.emit(node, 'LogSoftmax', { axis: int(node.attributes.axis) }),
  batchNorm: (node, writer) =>
    writer.emit(node, 'BatchNormalization', { epsilon: float(node.attributes.epsilon) }),
  instanceNorm: (node, writer) =>
    writer.emit(node, 'InstanceNormalization', { epsilon: float(node.attributes.epsilon) }),
  layerNorm: (node, writer) =>
    writer.emit(node, 'LayerNormalization', {
      axis: int(node.attributes.axis),
      epsilon: float(node.attributes.epsilon),
    }),
  dynamicReduce: (node, writer) => {
    const { kernel, keepAxes, noopWithEmptyAxes } = node.attributes;
    if (node.inputs[1] && kernel !== 'reduceSum') {
      writer.require(node, `${reduceOps[kernel]} with axes as an operand`, 18);
    }
    const empty = writer.opset >= 18 || kernel === 'reduceSum';
    writer.emit(node, reduceOps[kernel], {
      keepdims: int(keepAxes),
      noop_with_empty_axes: empty ? int(noopWithEmptyAxes) : undefined,
    });
  },
  dynamicCumulativeSum: (node, writer) => writer.emit(node, 'CumSum'),
  topK: (node, writer) => {
    const { axis, largest, sorted } = node.attributes;
    writer.emit(node, 'TopK', { axis: int(axis), largest: int(largest), sorted: int(sorted) });
  },
};
