import {
  type Dimension,
  type Graph,
  inferTypes,
  type NodeOf,
  type OpName,
  type ValueInfo,
} from '@subbyte/graph';
import { encodeModel, type ModelProto, type ValueInfoProto } from '@subbyte/onnx-proto';
import { OnnxError } from '../errors.ts';
import { dropClips } from './drop-clips.ts';
import { prune } from './prune.ts';
import { rules } from './rules.ts';
import { transposeWeights } from './transpose-weights.ts';
import { createWriter, type Form, type Rule, type Writer } from './writer.ts';

/** How `toOnnx` writes a graph. */
export interface ToOnnxOptions {
  /**
   * `float`: quantized weights as the float32 values of their grid. `qdq`: weights as integers behind
   * DequantizeLinear, biases as int32, for engines that compute in integers. `packed`: weights of 2
   * to 8 bits packed in bytes, with standard operators that unpack them when the model is loaded.
   * Quantized activations are QuantizeLinear and DequantizeLinear in all three.
   */
  readonly form: Form;
  /**
   * How depthwise convolutions with quantized operands compute: `integer` (default), or `float` with
   * the same values, which is several times faster in onnxruntime-web (its integer kernel is scalar).
   */
  readonly depthwise?: 'integer' | 'float' | undefined;
  /** 17 to 23. Default: 21 for `qdq` (int4 weights need it), else 18. */
  readonly opset?: number | undefined;
  /** Default `subbyte`. */
  readonly producerName?: string | undefined;
  /** Default absent. */
  readonly producerVersion?: string | undefined;
}

/** The first IR version that has each opset. */
const irVersions: ReadonlyMap<number, number> = new Map([
  [17, 8],
  [18, 8],
  [19, 9],
  [20, 9],
  [21, 10],
  [22, 10],
  [23, 11],
]);

/** What protobuf, and so an ONNX file without external data, can hold. */
const largestFile = 2 ** 31 - 1;

const byForm = 'subbyte.form';
const packedPrefix = 'subbyte.packed.';

function valueInfo(writer: Writer, { name, dtype, shape }: ValueInfo): ValueInfoProto {
  const dim = shape?.map((size: Dimension) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return {
    name,
    type: {
      tensorType: {
        elemType: writer.typeCode(dtype),
        ...(dim === undefined ? {} : { shape: { dim } }),
      },
    },
  };
}

function apply<Op extends OpName>(node: NodeOf<Op>, writer: Writer): void {
  (rules[node.op] as unknown as Rule<Op>)(node, writer);
}

/**
 * `graph` as an ONNX model message.
 * @throws OnnxError for nodes that the opset cannot express and opsets outside 17 to 23.
 */
export function toOnnxModel(graph: Graph, options: ToOnnxOptions): ModelProto {
  const { form, opset = form === 'qdq' ? 21 : 18 } = options;
  const irVersion = irVersions.get(opset);
  if (irVersion === undefined) throw new OnnxError(`opset ${opset}: expected 17 to 23`);
  if (form === 'packed' && opset < 18) {
    throw new OnnxError(`opset ${opset}: the packed form needs 18 (bitwise operators)`);
  }
  const clean = dropClips(graph);
  const ready = form === 'qdq' ? transposeWeights(clean) : clean;
  const writer = createWriter(ready, form, opset, options.depthwise === 'float', inferTypes(ready));
  for (const node of ready.nodes) apply(node as NodeOf<OpName>, writer);
  for (const { name } of ready.outputs) writer.keep(name);

  const metadata = new Map(
    Object.entries(graph.metadata).filter(
      ([key]) => key !== byForm && !key.startsWith(packedPrefix),
    ),
  );
  metadata.set(byForm, form);
  for (const [key, value] of writer.metadata) metadata.set(key, value);
  return {
    irVersion,
    producerName: options.producerName ?? 'subbyte',
    ...(options.producerVersion === undefined ? {} : { producerVersion: options.producerVersion }),
    opsetImport: [{ domain: '', version: opset }],
    graph: prune({
      name: graph.name,
      node: writer.nodes,
      initializer: writer.initializers,
      input: ready.inputs.map((info) => valueInfo(writer, info)),
      output: ready.outputs.map((info) => valueInfo(writer, info)),
      ...(writer.annotations.length > 0 ? { quantizationAnnotation: writer.annotations } : {}),
    }),
    metadataProps: [...metadata].map(([key, value]) => ({ key, value })),
  };
}

/**
 * `graph` as an ONNX file; the same graph and options give the same bytes.
 * @throws OnnxError for nodes that the opset cannot express, opsets outside 17 to 23, and models
 * whose initializers do not fit one file of 2 GiB.
 */
export function toOnnx(graph: Graph, options: ToOnnxOptions): Uint8Array {
  const model = toOnnxModel(graph, options);
  let bytes = 0;
  for (const { rawData } of model.graph?.initializer ?? []) bytes += rawData?.length ?? 0;
  if (bytes > largestFile) {
    throw new OnnxError(
      `${bytes} bytes of initializers: an ONNX file holds at most ${largestFile}`,
    );
  }
  return encodeModel(model);
}
