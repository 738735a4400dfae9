type Address = number;

/** What the module of the integer kernels exports for bit planes; see assembly/integer/pack-bits.ts and bit-product.ts. */
export interface PlaneFunctions {
  bitProduct(
    rows: Address,
    words: number,
    first: number,
    count: number,
    weights: Address,
    weightPlanes: number,
    planes: number,
    factors: Address,
    moved: number,
    channels: number,
    to: Address,
    epilogue: Address,
    scratch: Address,
  ): void;
  bitProductScratch(): number;
  packImageBits(
    from: Address,
    to: Address,
    height: number,
    width: number,
    channels: number,
    groups: number,
    top: number,
    left: number,
    right: number,
    zero: number,
    lowest: number,
    planes: number,
    first: number,
    end: number,
    pattern: Address,
  ): void;
  packWeightBits(
    from: Address,
    to: Address,
    outputs: number,
    channels: number,
    taps: number,
    planes: number,
    lowest: number,
    step: number,
    sums: Address,
  ): void;
}
