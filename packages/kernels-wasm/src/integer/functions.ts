import type { NarrowFunctions } from './narrow-functions.ts';
import type { PackedFunctions } from './packed-functions.ts';
import type { PlaneFunctions } from './plane-functions.ts';

type Address = number;

/** Where a product finds its operands, what it computes and where that goes. */
type Product = (
  from: Address,
  columns: number,
  line: number,
  step: number,
  first: number,
  count: number,
  runs: number,
  steps: number,
  runStride: number,
  weights: Address,
  planes: number,
  firstChannel: number,
  channels: number,
  to: Address,
  epilogue: Address,
  scratch: Address,
) => void;

/** What the module of the integer kernels exports; sizes in elements; see assembly/integer/. */
export interface IntegerFunctions extends NarrowFunctions, PackedFunctions, PlaneFunctions {
  /** Only in the module with relaxed SIMD. */
  product8: Product;
  product16: Product;
  /** Weights of `packShifts`. */
  productShifts: Product;
  packShifts(from: Address, to: Address, outputs: number, channels: number, taps: number): void;
  productScratch(): number;
  /** Only in the module with relaxed SIMD. */
  dotOf(x: number, w: number): number;
  integerDepthwise(
    from: Address,
    line: number,
    step: number,
    first: number,
    rows: number,
    columns: number,
    channels: number,
    offsets: Address,
    taps: number,
    weights: Address,
    to: Address,
    epilogue: Address,
    scratch: Address,
  ): void;
  packDepthwise(from: Address, to: Address, channels: number, taps: number, sums: Address): void;
  integerLookup(from: Address, to: Address, n: number, table: Address, flip: number): void;
  integerMaxPool(
    from: Address,
    to: Address,
    height: number,
    width: number,
    channels: number,
    first: number,
    end: number,
    columns: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    top: number,
    left: number,
    signed: number,
  ): void;
  gatherWindows(
    from: Address,
    to: Address,
    columns: number,
    step: number,
    kernelHeight: number,
    kernelWidth: number,
    down: number,
    along: number,
    bytes: number,
    rowBytes: number,
  ): void;
  integerBase(bias: Address, sums: Address, zero: number, outputs: number, to: Address): void;
  padBytes(
    from: Address,
    to: Address,
    height: number,
    width: number,
    channels: number,
    top: number,
    left: number,
    bottom: number,
    right: number,
    zero: number,
    flip: number,
  ): void;
  padWords(
    from: Address,
    to: Address,
    height: number,
    width: number,
    channels: number,
    top: number,
    left: number,
    bottom: number,
    right: number,
    zero: number,
    signed: number,
    extra: number,
  ): void;
  packIntegerWeights(
    from: Address,
    to: Address,
    outputs: number,
    channels: number,
    taps: number,
    runs: number,
    steps: number,
    perStep: number,
    planes: number,
    offset: number,
    sums: Address,
  ): void;
  weightRange(from: Address, count: number): number;
  weightSums(from: Address, outputs: number, each: number, sums: Address): void;
  windowSums(
    from: Address,
    to: Address,
    rows: number,
    columns: number,
    width: number,
    stride: number,
    channels: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    factor: number,
    scratch: Address,
  ): void;
}
