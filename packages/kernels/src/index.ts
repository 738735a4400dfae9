export { activationFunction, applyActivation } from './activation.ts';
export { type Arena, type Backend, getBackend, kernels, setBackend } from './backend.ts';
export { type DataTypeRule, kernelDataType, type OperandTypes } from './data-types.ts';
export {
  type Device,
  DeviceRefusal,
  type DeviceSource,
  isDeviceRefusal,
  type WeightCodes,
} from './device.ts';
export { KernelError } from './errors.ts';
export type {
  BoundedGrid,
  CodeGrid,
  IntegerConv2dOptions,
  IntegerEpilogueOptions,
  IntegerOutput,
  IntegerSignatures,
  ResidualOptions,
} from './integer-table.ts';
export type {
  Activation,
  AlphaOptions,
  ArgOptions,
  AveragePool2dOptions,
  AxisOptions,
  BitShiftOptions,
  CastOptions,
  ClipOptions,
  Conv2dOptions,
  ConvTranspose2dOptions,
  DepthToSpaceOptions,
  FakeQuantizeUniformOptions,
  GeluOptions,
  GridOptions,
  HardSigmoidOptions,
  LayerNormOptions,
  MatmulOptions,
  MaxPool2dIndicesOptions,
  ModOptions,
  NoOptions,
  NormOptions,
  Padding2d,
  PadOptions,
  Pair,
  Pool2dOptions,
  QuantizeLinearOptions,
  ReduceOptions,
  ResizeOptions,
  SeluOptions,
  ShapeOptions,
  SliceOptions,
  TileOptions,
  TransposeOptions,
} from './options.ts';
export type {
  MatmulNBitsOptions,
  PackedBits,
  PackedMatmulOptions,
  PackedSignatures,
  PackedWeightOptions,
} from './packed-table.ts';
export { forwardKernelNames, reference } from './reference/index.ts';
export { padOffsets } from './reference/pad.ts';
export { nearestOffsets, resizeTaps, type Taps } from './reference/resize.ts';
export { checkOperands } from './reference/result.ts';
export type { OperandShapes } from './shapes/check.ts';
export { conv2dShape, convTranspose2dShape } from './shapes/conv.ts';
export { kernelShapes } from './shapes/index.ts';
export { type MatmulSizes, matmulShape, matmulSizes } from './shapes/matmul.ts';
export {
  concatShape,
  depthToSpaceShape,
  expandShape,
  gatherElementsShape,
  gatherShape,
  padShape,
  resizeShape,
  sliceShape,
  spaceToDepthShape,
  tileShape,
  transposeShape,
} from './shapes/movement.ts';
export { pool2dShape } from './shapes/pool.ts';
export { reduceShape } from './shapes/reduce.ts';
export type { ShapeRule } from './shapes/rule.ts';
export type {
  ForwardKernelName,
  ForwardSignatures,
  IntegerKernelName,
  Kernel,
  KernelName,
  KernelSignatures,
  KernelTable,
  OperandsOf,
  OptionsOf,
  Signature,
  TrainingKernelName,
} from './table.ts';
export type {
  ActivationGradientOptions,
  AdamUpdateOptions,
  FakeQuantizeDropOptions,
  InputShapeOptions,
  PlainConv2dOptions,
  RandomSelectOptions,
  SgdUpdateOptions,
  TrainingSignatures,
  WeightShapeOptions,
} from './training-table.ts';
export { writtenOperands } from './written-operands.ts';
