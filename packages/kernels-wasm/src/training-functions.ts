// The exports of the module that only training needs.

type Address = number;

/** What the module exports for training; sizes in elements, strides in bytes; see assembly/. */
export interface TrainingFunctions {
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
}
