import type { GridOptions } from '@subbyte/kernels';
import { fakeQuantize as onGrid } from '@subbyte/quantizers';
import { scalar, tensor, zeros } from '@subbyte/tensor';
import { type Attributes, int } from './attributes.ts';
import { emitPackedWeight } from './packed-weight.ts';
import { emitQdqWeight } from './qdq-weight.ts';
import { emitQuantizeDequantize } from './quantized-value.ts';
import type { Named, Rule, Rules, Writer } from './writer.ts';

/** Whether only depthwise convolutions read the weight. */
function isDepthwise(writer: Writer, weight: string): boolean {
  const readers = writer.consumers.get(weight) ?? [];
  return readers.every(
    (node) =>
      node.op === 'conv2d' &&
      node.attributes.groups > 1 &&
      writer.types.get(weight)?.shape?.[1] === 1,
  );
}

const fakeQuantize: Rule<'fakeQuantize'> = (node, writer) => {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { quantizer } = node.attributes;
  const weight = writer.graph.constants.get(x);
  if (weight === undefined) emitQuantizeDequantize(writer, node, x, y, quantizer);
  else if (writer.floatDepthwise && isDepthwise(writer, y)) {
    writer.constant(y, onGrid(weight, quantizer));
  } else if (writer.form === 'packed') emitPackedWeight(writer, node, weight, y, quantizer);
  else if (writer.form === 'qdq') emitQdqWeight(writer, node, weight, y, quantizer);
  else writer.constant(y, onGrid(weight, quantizer));
};

const fullRange = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

function gridAttributes(
  writer: Writer,
  node: Named,
  scale: string,
  { axis, groupSize }: GridOptions,
): Attributes {
  if (groupSize > 0) {
    writer.require(node, 'block_size', 21);
    return { axis: int(axis), block_size: int(groupSize) };
  }
  return writer.types.get(scale)?.shape?.length === 0 ? {} : { axis: int(axis) };
}

const quantizeLinear: Rule<'quantizeLinear'> = (node, writer) => {
  const [x = '', scale = '', zeroPoint = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const { dtype, min, max } = node.attributes;
  if (dtype === 'int32') throw writer.unsupported(node, 'ONNX does not quantize to int32');
  if (dtype === 'int16' || dtype === 'uint16') writer.require(node, dtype, 21);
  let zero = zeroPoint;
  if (zero === '') {
    const shape = writer.types.get(scale)?.shape ?? [];
    if (!shape.every((size) => typeof size === 'number')) {
      throw writer.unsupported(node, `scale of shape [${shape}] without a zero point`);
    }
    zero = writer.tensor(`${y}_zero_point`, zeros(shape as number[], dtype));
  }
  const [lowest, highest] = fullRange[dtype];
  const whole = min === lowest && max === highest;
  const codes = whole ? y : writer.name(`${y}_saturated`);
  const attributes = gridAttributes(writer, node, scale, node.attributes);
  writer.node('QuantizeLinear', [x, scale, zero], [codes], attributes, node.name);
  if (whole) return;
  const low = writer.tensor(`${y}_min`, scalar(min, dtype));
  const high = writer.tensor(`${y}_max`, scalar(max, dtype));
  writer.node('Clip', [codes, low, high], [y], {}, `${node.name}/clip`);
};

/** Scales and zero points that are operands: spelled out, so that any zero point does. */
const fakeQuantizeUniform: Rule<'fakeQuantizeUniform'> = (node, writer) => {
  const { axis, groupSize, min, max } = node.attributes;
  if (groupSize > 0) throw writer.unsupported(node, 'groups whose scales are operands');
  const [x = '', scale = '', zeroPoint = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const rank = writer.types.get(x)?.shape?.length;
  const vector = writer.types.get(scale)?.shape?.length === 1;
  if (vector && rank === undefined) throw writer.unsupported(node, `rank of ${x} is not known`);
  const along = (value: string): string => {
    if (!vector) return value;
    const shape = Array.from({ length: rank ?? 0 }, (_, i) => (i === axis ? -1 : 1));
    return writer.chain(node, value, [['Reshape', writer.int64s(`${value}_along`, shape)]]);
  };
  const [step, zero] = [along(scale), along(zeroPoint)];
  const low = writer.tensor(`${y}_min`, tensor([min], []));
  const high = writer.tensor(`${y}_max`, tensor([max], []));
  writer.chain(
    node,
    x,
    [['Div', step], ['Round'], ['Add', zero], ['Clip', low, high], ['Sub', zero], ['Mul', step]],
    y,
  );
};

/** Operations that quantize. */
export type Quantization =
  | 'fakeQuantize'
  | 'quantizeLinear'
  | 'dequantizeLinear'
  | 'fakeQuantizeUniform';

/** Rules of `Quantization`. */
export const quantizeRules: Rules<Quantization> = {
  fakeQuantize,
  quantizeLinear,
  dequantizeLinear: (node, writer) => {
    const [, scale = ''] = node.inputs;
    const attributes = gridAttributes(writer, node, scale, node.attributes);
    writer.emit(node, 'DequantizeLinear', attributes);
  },
  fakeQuantizeUniform,
};
