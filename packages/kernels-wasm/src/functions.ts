// The exports of the module, by hand: assembly/ has what they do.

import type { IntegerFunctions } from './integer/functions.ts';
import type { TrainingFunctions } from './training-functions.ts';

type Address = number;
type Act = readonly [kind: number, p: number, q: number];
type Unary = (x: Address, y: Address, n: number, p: number, q: number) => void;
type Binary = (a: Address, b: Address, y: Address, axes: Address, rank: number) => void;
type Reduce = (x: Address, y: Address, outer: number, length: number, inner: number) => void;
type Convert = (x: Address, y: Address, n: number) => void;
type Decode = (
  ...sizes: [
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    scales: Address,
    zeros: Address,
  ]
) => void;

/** Names of the elementwise functions of one operand. */
export type UnaryFunction =
  | 'abs'
  | 'neg'
  | 'sign'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'erf'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'softsign'
  | 'hardSwish'
  | 'hardSigmoid'
  | 'leakyRelu'
  | 'clip'
  | 'selu'
  | 'celu'
  | 'gelu'
  | 'geluTanh';

/** Names of the elementwise functions of two operands. */
export type BinaryFunction = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'prelu';

/** Names of the functions that reduce one axis. */
export type ReduceFunction =
  | 'reduceSum'
  | 'reduceSumSquare'
  | 'reduceL1'
  | 'reduceMax'
  | 'reduceMin'
  | 'reduceProd';

/** Names of the functions that turn codes into float32. */
export type DecodeFunction =
  | 'dequantizeInt8'
  | 'dequantizeUint8'
  | 'dequantizeInt16'
  | 'dequantizeUint16';

/** What the module exports; sizes in elements, strides and offsets in bytes; see assembly/. */
export interface WasmFunctions
  extends TrainingFunctions,
    IntegerFunctions,
    Readonly<Record<UnaryFunction, Unary>>,
    Readonly<Record<BinaryFunction, Binary>>,
    Readonly<Record<ReduceFunction, Reduce>>,
    Readonly<Record<DecodeFunction, Decode>>,
    Readonly<Record<'floatToInt32' | 'int32ToFloat' | 'uint8ToFloat' | 'copyBytes', Convert>> {
  activateAll(x: Address, n: number, ...activation: Act): void;
  gemmScratch(k: number): number;
  gemm(
    a: Address,
    c: Address,
    stride: number,
    m: number,
    n: number,
    k: number,
    base: Address,
    offsets: Address,
    width: number,
    line: number,
    step: number,
    scratch: Address,
    seed: number,
    bias: Address,
    ...activation: Act
  ): void;
  packRows(
    from: Address,
    rowStride: number,
    columnStride: number,
    m: number,
    k: number,
    to: Address,
  ): void;
  packColumns(
    base: Address,
    offsets: Address,
    k: number,
    first: number,
    end: number,
    width: number,
    line: number,
    step: number,
    to: Address,
  ): void;
  windowOffsets(
    offsets: Address,
    channels: number,
    kernelHeight: number,
    kernelWidth: number,
    plane: number,
    line: number,
    step: number,
  ): void;
  matvec(a: Address, x: Address, seed: Address, y: Address, m: number, k: number): void;
  vecmat(x: Address, b: Address, y: Address, k: number, n: number): void;
  padPlanes(
    from: Address,
    planes: number,
    height: number,
    width: number,
    to: Address,
    toHeight: number,
    toWidth: number,
    top: number,
    left: number,
    fill: number,
  ): void;
  depthwise(
    x: Address,
    plane: number,
    width: number,
    y: Address,
    outputs: number,
    multiplier: number,
    rows: number,
    columns: number,
    strideY: number,
    strideX: number,
    weights: Address,
    offsets: Address,
    taps: number,
    bias: Address,
    ...activation: Act
  ): void;
  maxPool(
    x: Address,
    plane: number,
    planes: number,
    width: number,
    y: Address,
    rows: number,
    columns: number,
    strideY: number,
    strideX: number,
    offsets: Address,
    taps: number,
  ): void;
  averagePool(
    x: Address,
    plane: number,
    planes: number,
    width: number,
    y: Address,
    rows: number,
    columns: number,
    strideY: number,
    strideX: number,
    offsets: Address,
    taps: number,
    counts: Address,
  ): void;
  columnsToImage(
    from: Address,
    channels: number,
    height: number,
    width: number,
    to: Address,
    rows: number,
    columns: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    top: number,
    left: number,
  ): void;
  addPerPlane(x: Address, bias: Address, channels: number, plane: number): void;
  softmax(
    x: Address,
    y: Address,
    outer: number,
    length: number,
    inner: number,
    logarithm: number,
  ): void;
  batchNorm(
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    scale: Address,
    shift: Address,
    mean: Address,
    variance: Address,
    epsilon: number,
  ): void;
  instanceNorm(
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    scale: Address,
    shift: Address,
    epsilon: number,
  ): void;
  layerNorm(
    x: Address,
    y: Address,
    outer: number,
    inner: number,
    scale: Address,
    shift: Address,
    epsilon: number,
  ): void;
  copyGrid(from: Address, to: Address, axes: Address, rank: number, size: number): void;
  swapAxes(from: Address, to: Address, outer: number, rows: number, columns: number): void;
  gather(
    from: Address,
    to: Address,
    outer: number,
    block: number,
    indices: Address,
    count: number,
    bytes: number,
  ): void;
  fill(to: Address, value: Address, n: number, size: number): void;
  resizeNearest(
    from: Address,
    to: Address,
    planes: number,
    plane: number,
    width: number,
    rows: number,
    rowOf: Address,
    columns: number,
    columnOf: Address,
  ): void;
  resizeLinear(
    from: Address,
    to: Address,
    planes: number,
    plane: number,
    width: number,
    rows: number,
    upper: Address,
    lower: Address,
    rowWeight: Address,
    columns: number,
    left: Address,
    right: Address,
    columnWeight: Address,
  ): void;
  fakeQuantize(
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    scales: Address,
    zeros: Address,
    minimum: number,
    maximum: number,
  ): void;
  quantize(
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    scales: Address,
    zeros: Address,
    minimum: number,
    maximum: number,
    bytes: number,
  ): void;
}
