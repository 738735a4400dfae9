// The exports of the module that only training needs.

type Address = number;

type ActivationGradient = (
  x: Address,
  gradient: Address,
  y: Address,
  n: number,
  p: number,
  q: number,
) => void;
type Compare = (a: Address, b: Address, y: Address, n: number) => void;

type FakeQuantize = [
  x: Address,
  gradient: Address,
  y: Address,
  outer: number,
  channels: number,
  inner: number,
  scales: Address,
  zeros: Address,
  minimum: number,
  maximum: number,
];

type Coins = [first: number, threshold: number, always: number];
type Grid = [scales: Address, zeros: Address, minimum: number, maximum: number];

/** Sizes of planes, results and windows of a pooling kernel. */
export type PoolGeometry = readonly [
  planes: number,
  height: number,
  width: number,
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
];

/** Names of the gradients of the activations. */
export type ActivationGradientFunction =
  | 'reluGradient'
  | 'clipGradient'
  | 'hardSwishGradient'
  | 'hardSigmoidGradient'
  | 'sigmoidGradient'
  | 'siluGradient'
  | 'leakyReluGradient'
  | 'tanhGradient'
  | 'geluGradient';

/** What the module exports for training; sizes in elements, strides in bytes; see assembly/. */
export interface TrainingFunctions
  extends Readonly<Record<ActivationGradientFunction, ActivationGradient>>,
    Readonly<Record<'equal' | 'less' | 'lessOrEqual', Compare>> {
  choose(condition: Address, a: Address, b: Address, y: Address, n: number): void;
  randomSelect(a: Address, b: Address, y: Address, n: number, ...coins: Coins): void;
  fakeQuantizeDrop(x: Address, y: Address, n: number, ...rest: [...Coins, ...Grid]): void;
  fakeQuantizeDropGradient(
    x: Address,
    gradient: Address,
    y: Address,
    n: number,
    ...rest: [...Coins, ...Grid]
  ): void;
  fakeQuantizeDropSlopes(
    x: Address,
    gradient: Address,
    sums: Address,
    n: number,
    ...rest: [...Coins, ...Grid]
  ): void;
  sgdUpdate(
    parameter: Address,
    gradient: Address,
    velocity: Address,
    n: number,
    rate: number,
    momentum: number,
    nesterov: number,
    decay: number,
  ): void;
  adamUpdate(
    parameter: Address,
    gradient: Address,
    mean: Address,
    square: Address,
    n: number,
    rate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    correction: number,
    decay: number,
    shrink: number,
  ): void;
  blendUpdate(target: Address, source: Address, n: number, decay: number, rest: number): void;
  accumulateUpdate(target: Address, source: Address, n: number): void;
  spreadPlanes(
    from: Address,
    planes: number,
    height: number,
    width: number,
    to: Address,
    toHeight: number,
    toWidth: number,
    top: number,
    left: number,
    strideY: number,
    strideX: number,
  ): void;
  flipTaps(
    from: Address,
    to: Address,
    groups: number,
    outputs: number,
    inputs: number,
    taps: number,
  ): void;
  clear(to: Address, bytes: number): void;
  copyRows(
    from: Address,
    stride: number,
    to: Address,
    toStride: number,
    rows: number,
    bytes: number,
  ): void;
  copy(from: Address, to: Address, bytes: number): void;
  weightGradient(
    x: Address,
    image: number,
    line: number,
    step: number,
    offsets: Address,
    taps: number,
    gradient: Address,
    gradientImage: number,
    plane: number,
    outputs: number,
    images: number,
    rows: number,
    columns: number,
    sums: Address,
    panel: Address,
  ): void;
  depthwiseInputGradient(
    gradient: Address,
    plane: number,
    line: number,
    planes: number,
    weights: Address,
    y: Address,
    height: number,
    width: number,
    top: number,
    left: number,
  ): void;
  depthwiseWeightGradient(
    x: Address,
    plane: number,
    line: number,
    strideX: number,
    gradient: Address,
    outputs: number,
    multiplier: number,
    rows: number,
    columns: number,
    offsets: Address,
    taps: number,
    to: Address,
  ): void;
  batchNormStatistics(
    x: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    begin: number,
    end: number,
  ): void;
  batchNormParameterGradient(
    x: Address,
    gradient: Address,
    statistics: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    begin: number,
    end: number,
    epsilon: number,
  ): void;
  batchNormInputGradient(
    x: Address,
    gradient: Address,
    scale: Address,
    statistics: Address,
    sums: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    count: number,
    epsilon: number,
  ): void;
  instanceNormInputGradient(
    x: Address,
    gradient: Address,
    scale: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    epsilon: number,
  ): void;
  instanceNormParameterGradient(
    x: Address,
    gradient: Address,
    y: Address,
    outer: number,
    channels: number,
    inner: number,
    epsilon: number,
  ): void;
  layerNormInputGradient(
    x: Address,
    gradient: Address,
    scale: Address,
    y: Address,
    outer: number,
    inner: number,
    epsilon: number,
  ): void;
  layerNormParameterGradient(
    x: Address,
    gradient: Address,
    sums: Address,
    weighted: Address,
    outer: number,
    inner: number,
    epsilon: number,
  ): void;
  softmaxGradient(
    y: Address,
    gradient: Address,
    to: Address,
    outer: number,
    length: number,
    inner: number,
    logarithm: number,
  ): void;
  maxPoolGradient(x: Address, gradient: Address, to: Address, ...geometry: PoolGeometry): void;
  averagePoolGradient(
    gradient: Address,
    counts: Address,
    to: Address,
    ...geometry: PoolGeometry
  ): void;
  scatterSlices(
    from: Address,
    to: Address,
    outer: number,
    count: number,
    length: number,
    inner: number,
    entries: number,
    sources: Address,
    targets: Address,
    weights: Address,
  ): void;
  fakeQuantizeGradient(...sizes: FakeQuantize): void;
  fakeQuantizeSlopes(...sizes: FakeQuantize): void;
}
