import type { ForwardKernelName as KernelName, NoOptions, OptionsOf } from '@subbyte/kernels';
import type { Quantizer } from '@subbyte/quantizers';
import type { DataType, Tensor } from '@subbyte/tensor';

/** A size that is known, or the name of one that is known only at run time (`N`, `width`). */
export type Dimension = number | string;

/** Data type and shape of a value; `shape` is absent when not even its rank is known. */
export interface ValueType {
  readonly dtype: DataType;
  readonly shape?: readonly Dimension[] | undefined;
}

/** A graph input or output. */
export interface ValueInfo extends ValueType {
  readonly name: string;
}

/**
 * Operations that are not kernels: views, questions about shapes, and operations whose options
 * arrive as tensors. Optional operands that are absent are `''` in `Node.inputs`.
 */
export interface StructuralAttributes {
  /** The input itself. */
  identity: NoOptions;
  /** 0 copies the input's size at that axis (unless `allowZero`), one -1 is inferred. */
  reshape: { readonly shape: readonly number[]; readonly allowZero: boolean };
  /** To rank 2: the axes before `axis`, the axes from it on. */
  flatten: { readonly axis: number };
  /** Drops axes of size 1; `axes` undefined: all of them. */
  squeeze: { readonly axes?: readonly number[] | undefined };
  /** Adds axes of size 1 at these places of the result. */
  unsqueeze: { readonly axes: readonly number[] };
  /** Shape of the input from axis `start` up to `end`, int64. */
  shape: { readonly start: number; readonly end?: number | undefined };
  /** Number of elements, int64 scalar. */
  size: NoOptions;
  /** A tensor filled with `value`; operand: the shape, int64. */
  constantOfShape: { readonly dtype: DataType; readonly value: number };
  /** Operands: start, limit, step (scalars of one type). */
  range: NoOptions;
  /** One output per part along `axis`; `sizes` undefined: equal parts, the last may be smaller. */
  split: { readonly axis: number; readonly sizes?: readonly number[] | undefined };
  /** Positions of the elements that are not 0: int64 `[rank, count]`. */
  nonZero: NoOptions;
  /** Quantize and dequantize: values on the grid of `quantizer`, in float32. */
  fakeQuantize: { readonly quantizer: Quantizer };

  // Options as operands; `specialize` turns each into its static form once they are known.
  /** Operands: x, shape. */
  dynamicReshape: { readonly allowZero: boolean };
  /** Operands: x, axes (absent: all of size 1). */
  dynamicSqueeze: NoOptions;
  /** Operands: x, axes. */
  dynamicUnsqueeze: NoOptions;
  /** Operands: x, starts, ends, axes?, steps?. */
  dynamicSlice: NoOptions;
  /** Operands: x, pads, value?, axes?. */
  dynamicPad: { readonly mode: OptionsOf<'pad'>['mode'] };
  /** Operands: x, shape. */
  dynamicExpand: NoOptions;
  /** Operands: x, repeats. */
  dynamicTile: NoOptions;
  /** Operands: x, scales?, sizes?; one of the two. `axes` undefined: all. */
  dynamicResize: Omit<OptionsOf<'resize'>, 'shape' | 'scales'> & {
    readonly axes?: readonly number[] | undefined;
    readonly keepAspect: 'stretch' | 'not_larger' | 'not_smaller';
  };
  /** Operands: x, min?, max? (scalars). */
  dynamicClip: NoOptions;
  /** Operands: x, axes?; absent or empty: all axes, or none when `noopWithEmptyAxes`. */
  dynamicReduce: {
    readonly kernel: ReduceKernelName;
    readonly keepAxes: boolean;
    readonly noopWithEmptyAxes: boolean;
  };
  /** Operands: x, k (absent in the static form); outputs: values, int64 indices. */
  topK: {
    readonly axis: number;
    readonly largest: boolean;
    readonly sorted: boolean;
  };
  /** Operands: x, axis (scalar). */
  dynamicCumulativeSum: NoOptions;
}

/** Kernels that a `dynamicReduce` can become. */
export type ReduceKernelName = Extract<KernelName, `reduce${string}`>;

/** Attributes of every operation: kernel options, and those of the structural operations. */
export type OpAttributes = { readonly [K in KernelName]: OptionsOf<K> } & {
  readonly [S in keyof StructuralAttributes]: StructuralAttributes[S];
};

/** Name of an operation. */
export type OpName = keyof OpAttributes;

/** A node of operation `Op`. */
export interface NodeOf<Op extends OpName> {
  readonly op: Op;
  /** Unique within the graph. */
  readonly name: string;
  /** Names of the operands in order; `''` where an optional one is absent. */
  readonly inputs: readonly string[];
  /** Names of the results; each value has one producer. */
  readonly outputs: readonly string[];
  readonly attributes: OpAttributes[Op];
}

/** Any node; `op` tells them apart. */
export type Node = { [Op in OpName]: NodeOf<Op> }[OpName];

/**
 * A network as data: nodes in topological order, connected by value names. Passes take a graph and
 * return another; nothing is changed in place.
 *
 * A quantized model is a graph with `fakeQuantize` nodes: one after each quantized weight constant
 * (float weights stay the constant, the node puts them on the grid) and one on each quantized
 * activation. Conv and matmul biases stay float here.
 */
export interface Graph {
  readonly name: string;
  /** What a caller must feed. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly Node[];
  /** Weights and other constants by value name. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Free text that travels with the model (ONNX `metadata_props`). */
  readonly metadata: Readonly<Record<string, string>>;
}
