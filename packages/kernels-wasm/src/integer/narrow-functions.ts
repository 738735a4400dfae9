type Address = number;

/** What the module exports for operands of few bits in bytes; see assembly/integer/narrow-product.ts. */
export interface NarrowFunctions {
  prepareNarrow(
    from: Address,
    pixel: number,
    columns: number,
    inputs: number,
    lowest: number,
    digits: number,
    to: Address,
    step: number,
    sums: Address,
  ): void;
  narrowProduct(
    narrow: Address,
    from: Address,
    pixelSums: Address,
    first: number,
    count: number,
    to: Address,
    epilogue: Address,
    scratch: Address,
  ): void;
  packNarrow(
    from: Address,
    to: Address,
    outputs: number,
    channels: number,
    taps: number,
    planes: number,
    lowest: number,
    step: number,
  ): void;
}
