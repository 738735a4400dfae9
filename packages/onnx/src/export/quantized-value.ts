import { type NodeOf, soleConsumer } from '@subbyte/graph';
import { codeRange, type Quantizer, type UniformQuantizer } from '@subbyte/quantizers';
import { sameShape, scalar, tensor } from '@subbyte/tensor';
import { type Attributes, int } from './attributes.ts';
import type { Named, Writer } from './writer.ts';

/** Operations that only move, repeat or select elements: their result lies on the grid of their operand. */
const movesOnly: ReadonlySet<string> = new Set([
  'identity',
  'reshape',
  'flatten',
  'squeeze',
  'unsqueeze',
  'transpose',
  'slice',
  'gather',
  'gatherElements',
  'expand',
  'tile',
  'depthToSpace',
  'spaceToDepth',
  'split',
  'maxPool2d',
  'dynamicReshape',
  'dynamicSqueeze',
  'dynamicUnsqueeze',
  'dynamicSlice',
  'dynamicExpand',
  'dynamicTile',
]);

/** Whether two quantizers have the same uniform grid. */
export function sameGrid(a: Quantizer, b: Quantizer): boolean {
  return (
    a.scheme === 'uniform' &&
    b.scheme === 'uniform' &&
    a.bits === b.bits &&
    a.signed === b.signed &&
    a.narrow === b.narrow &&
    a.granularity.kind === 'perTensor' &&
    b.granularity.kind === 'perTensor' &&
    sameShape(a.scale, b.scale) &&
    sameShape(a.zeroPoint, b.zeroPoint)
  );
}

/** The `fakeQuantize` node that gives `value`, if one does. */
export function quantizerNode(writer: Writer, value: string): NodeOf<'fakeQuantize'> | undefined {
  const node = writer.producers.get(value);
  return node?.op === 'fakeQuantize' ? node : undefined;
}

/** The quantizer of the one `fakeQuantize` node that reads `value`, when nothing else does. */
export function soleQuantizer(writer: Writer, value: string): Quantizer | undefined {
  const reader = soleConsumer(writer.graph, writer.consumers, value);
  return reader?.op === 'fakeQuantize' ? reader.attributes.quantizer : undefined;
}

/** The grid that the elements of `value` are known to lie on. */
function gridOf(writer: Writer, value: string): Quantizer | undefined {
  let current = value;
  for (;;) {
    const node = writer.producers.get(current);
    if (node?.op === 'fakeQuantize') return node.attributes.quantizer;
    if (node === undefined || !movesOnly.has(node.op)) return undefined;
    current = node.inputs[0] ?? '';
  }
}

/** Names of the initializers that hold a grid. */
interface GridNames {
  readonly scale: string;
  readonly zeroPoint: string;
}

/** Adds scale and zero point of `quantizer` as initializers and notes them for viewers. */
function writeGrid(writer: Writer, value: string, quantizer: UniformQuantizer): GridNames {
  const { bits, signed, scaleShape } = quantizer;
  const dtype = signed ? 'int8' : 'uint8';
  const scale = writer.tensor(`${value}_scale`, tensor(quantizer.scale, scaleShape, 'float32'));
  const zeroPoint = writer.tensor(
    `${value}_zero_point`,
    tensor(quantizer.zeroPoint, scaleShape, dtype),
  );
  annotate(writer, value, bits, scale, zeroPoint);
  return { scale, zeroPoint };
}

/** Notes the grid of a value in the model's `quantization_annotation`, which viewers show. */
export function annotate(
  writer: Writer,
  value: string,
  bits: number,
  scale: string,
  zeroPoint: string | undefined,
): void {
  writer.annotations.push({
    tensorName: value,
    quantParameterTensorNames: [
      { key: 'SCALE_TENSOR', value: scale },
      ...(zeroPoint === undefined ? [] : [{ key: 'ZERO_POINT_TENSOR', value: zeroPoint }]),
      { key: 'BITS', value: String(bits) },
    ],
  });
}

/** The `axis` attribute of QuantizeLinear and DequantizeLinear. */
export function axisOf({ granularity }: Quantizer): Attributes {
  return granularity.kind === 'perTensor' ? {} : { axis: int(granularity.axis) };
}

/** Writes `y`, the points of the grid nearest to `x`, in float32 operators: no engine sees integers. */
function emitRounded(
  writer: Writer,
  node: Named,
  x: string,
  y: string,
  quantizer: UniformQuantizer,
): void {
  const { granularity, scale, zeroPoint } = quantizer;
  const { min, max } = codeRange(quantizer);
  const rank = writer.types.get(x)?.shape?.length;
  const channel = granularity.kind === 'perChannel' ? granularity.axis : -1;
  if (channel >= 0 && rank === undefined)
    throw writer.unsupported(node, `rank of ${x} is not known`);
  const shape =
    channel < 0
      ? []
      : Array.from({ length: rank ?? 0 }, (_, i) => (i === channel ? scale.length : 1));
  const constant = (what: string, values: readonly number[]): string =>
    writer.tensor(`${y}_${what}`, tensor(values, shape, 'float32'));
  const step = constant('scale', scale);
  const low = constant(
    'low',
    zeroPoint.map((zero) => min - zero),
  );
  const high = constant(
    'high',
    zeroPoint.map((zero) => max - zero),
  );
  writer.chain(node, x, [['Div', step], ['Round'], ['Max', low], ['Min', high], ['Mul', step]], y);
}

/**
 * Writes `y`, the points of the quantizer's grid nearest to `x`, as QuantizeLinear and
 * DequantizeLinear (in the float form: Div, Round, Max, Min, Mul, because onnxruntime would quantize
 * float weights that it finds between quantized activations). Grids of fewer than 8 bits sit in bytes: QuantizeLinear saturates at the byte's
 * ends, so a Clip of the codes follows, unless `x` lies on the grid already.
 */
export function emitQuantizeDequantize(
  writer: Writer,
  node: Named,
  x: string,
  y: string,
  quantizer: Quantizer,
): void {
  if (quantizer.scheme !== 'uniform') {
    throw writer.unsupported(
      node,
      `values computed at run time have uniform grids in ONNX, not ${quantizer.scheme} levels`,
    );
  }
  if (quantizer.granularity.kind === 'perGroup') {
    throw writer.unsupported(node, 'values computed at run time cannot be quantized per group');
  }
  if (writer.form === 'float') {
    emitRounded(writer, node, x, y, quantizer);
    return;
  }
  const { scale, zeroPoint } = writeGrid(writer, y, quantizer);
  const attributes = axisOf(quantizer);
  const held = writer.codes.get(x);
  const known = held?.quantizer ?? gridOf(writer, x);
  const onGrid = known !== undefined && sameGrid(known, quantizer);
  let codes = onGrid ? held?.name : undefined;
  if (codes === undefined) {
    codes = writer.name(`${y}_codes`);
    const { signed } = quantizer;
    const { min, max } = codeRange(quantizer);
    const [lowest, highest] = signed ? [-128, 127] : [0, 255];
    const saturates = onGrid || (min === lowest && max === highest);
    const bytes = saturates ? codes : writer.name(`${y}_saturated`);
    writer.node('QuantizeLinear', [x, scale, zeroPoint], [bytes], attributes);
    if (!saturates) {
      const dtype = signed ? 'int8' : 'uint8';
      const low = writer.shared(`${y}_min`, scalar(min, dtype));
      const high = writer.shared(`${y}_max`, scalar(max, dtype));
      writer.node('Clip', [bytes, low, high], [codes]);
    }
  }
  writer.codes.set(y, { name: codes, quantizer });
  writer.node('DequantizeLinear', [codes, scale, zeroPoint], [y], attributes, node.name);
}
