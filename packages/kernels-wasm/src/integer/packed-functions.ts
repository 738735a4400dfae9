type Address = number;

/** What the module exports for packed weights; see assembly/integer/packed.ts and packed-prepare.ts. */
export interface PackedFunctions {
  packPanels(
    from: Address,
    rowBytes: number,
    to: Address,
    outputs: number,
    inputs: number,
    bits: number,
    zero: number,
    sums: Address,
  ): void;
  packScales(from: Address, to: Address, outputs: number, groups: number): void;
  isWide(bits: number): number;
  prepareCodes(
    from: Address,
    signed: number,
    rows: number,
    inputs: number,
    to: Address,
    stride: number,
    wide: number,
    factor: number,
    sums: Address,
  ): void;
  quantizeRows(
    from: Address,
    rows: number,
    inputs: number,
    group: number,
    to: Address,
    stride: number,
    wide: number,
    scales: Address,
    factor: number,
    sums: Address,
  ): void;
  packedCodes(
    x: Address,
    stride: number,
    rows: number,
    bits: number,
    blocks: number,
    weights: Address,
    first: number,
    end: number,
    outputs: number,
    to: Address,
    epilogue: Address,
    scratch: Address,
  ): void;
  packedFloats(bits: number, table: Address, first: number, end: number, scratch: Address): void;
}
