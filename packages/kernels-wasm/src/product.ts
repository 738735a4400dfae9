import { type ActivationCode, activationCode } from './activation.ts';
import type { Engine } from './engine.ts';

/** What the elements of a product start from; numbers as in assembly/gemm.ts. */
export type Seed =
  | { readonly kind: 'zero' }
  /** What the result holds already. */
  | { readonly kind: 'result' }
  /** One value per row. */
  | { readonly kind: 'rows'; readonly address: number }
  /** One value per column. */
  | { readonly kind: 'columns'; readonly address: number };

const seedCodes: { readonly [K in Seed['kind']]: number } = {
  zero: 0,
  result: 1,
  rows: 2,
  columns: 3,
};

/** The right-hand side of a product: packed panels, or where its elements lie. */
export interface Columns {
  readonly base: number;
  /** Table of byte offsets of each row of B; 0: `base` holds packed panels. */
  readonly offsets: number;
  /** Columns per line; a column lies at `line * (n / width) + step * (n % width)`. */
  readonly width: number;
  readonly line: number;
  readonly step: number;
}

/** Sizes and places of a product `C [m, n] = A [m, k] B [k, n]`. */
export interface Product {
  /** Packed rows of A. */
  readonly rows: number;
  readonly columns: Columns;
  readonly to: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Elements from row to row of the result; `n` by default. */
  readonly rowLength?: number;
  readonly seed: Seed;
  readonly activation?: ActivationCode;
}

/** Bytes of `count` rows or columns of length `k` packed into panels of `panel`. */
export function packedBytes(count: number, k: number, panel: 4 | 8): number {
  return Math.ceil(count / panel) * panel * k * 4;
}

/** Table of the byte offsets `0, stride, 2 stride, …`. */
export function evenOffsets(engine: Engine, count: number, stride: number): number {
  const table = engine.scratch(count * 4);
  engine.wasm.windowOffsets(table, count, 1, 1, stride, 0, 0);
  return table;
}

/** Bytes of scratch that one product needs; take it once for many products. */
export function productScratch(engine: Engine, k: number): number {
  return engine.scratch(engine.wasm.gemmScratch(k));
}

/** Computes one product with `scratch` from `productScratch`. */
export function multiply(engine: Engine, scratch: number, product: Product): void {
  const { rows, columns, to, m, n, k, seed } = product;
  const { rowLength = n, activation = activationCode(undefined) } = product;
  const { base, offsets, width, line, step } = columns;
  const bias = 'address' in seed ? seed.address : 0;
  const code = seedCodes[seed.kind];
  engine.wasm.gemm(
    rows,
    to,
    rowLength * 4,
    m,
    n,
    k,
    base,
    offsets,
    width,
    line,
    step,
    scratch,
    code,
    bias,
    ...activation,
  );
}

/** Like `multiply`, with the columns shared by the threads; they must be packed, or one line. */
export function multiplyParts(engine: Engine, product: Product): void {
  const { columns, to, m, n, k, seed } = product;
  engine.split(Math.ceil(n / 8), m * n * k, (part, first, end) => {
    const at = first * 8;
    const skip = columns.offsets === 0 ? at * k * 4 : at * columns.step;
    const own = 'address' in seed && seed.kind === 'columns';
    multiply(part, productScratch(part, k), {
      ...product,
      columns: { ...columns, base: columns.base + skip },
      to: to + at * 4,
      n: Math.min(end * 8, n) - at,
      rowLength: n,
      seed: own ? { kind: 'columns', address: seed.address + at * 4 } : seed,
    });
  });
}
