import { matmulSizes, type OptionsOf } from '@subbyte/kernels';
import { broadcastStrides, type Shape, sizeOf, type Tensor } from '@subbyte/tensor';
import { activationCode } from './activation.ts';
import { copyWalk } from './copy.ts';
import type { Engine } from './engine.ts';
import { allFloat32, defineKernel, type KernelFactory, type Result } from './kernel.ts';
import {
  type Columns,
  evenOffsets,
  multiply,
  multiplyParts,
  type Product,
  packedBytes,
  productScratch,
  type Seed,
} from './product.ts';

/** Offsets, in elements, of the matrices of `x` for each matrix of the result. */
function batchOffsets(x: Shape, batch: Shape, matrix: number): number[] {
  const strides = broadcastStrides(x.slice(0, -2), batch);
  let offsets = [0];
  for (const [axis, size] of batch.entries()) {
    offsets = offsets.flatMap((base) =>
      Array.from({ length: size }, (_, i) => base + i * (strides[axis] as number)),
    );
  }
  return offsets.map((offset) => offset * matrix);
}

/** Where the result starts from: nothing, a bias per column, or any bias, broadcast into it. */
function prepareSeed(
  engine: Engine,
  bias: Tensor | undefined,
  n: number,
  full: Shape,
  result: Result,
  perColumn: boolean,
): Seed {
  if (bias === undefined) return { kind: 'zero' };
  if (perColumn && bias.size === n && (n === 1 || bias.shape.at(-1) === n)) {
    return { kind: 'columns', address: engine.address(bias) };
  }
  copyWalk(engine, engine.address(bias), result.address, 4, {
    shape: full,
    strides: broadcastStrides(bias.shape, full),
  });
  return { kind: 'result' };
}

/** Products with one row or one column, without packing. */
function multiplyVector(
  engine: Engine,
  [a, b]: readonly [number, number],
  [m, n, k]: readonly [number, number, number],
  to: number,
  seeded: boolean,
  transposeB: boolean,
): void {
  if (n === 1) engine.wasm.matvec(a, b, seeded ? to : 0, to, m, k);
  else if (transposeB) engine.wasm.matvec(b, a, seeded ? to : 0, to, n, k);
  else {
    if (!seeded) engine.wasm.fill(to, engine.table([0]), n, 4);
    engine.wasm.vecmat(a, b, to, k, n);
  }
}

/** The columns of B: packed once when it is frozen, else packed by the product. */
function prepareColumns(
  engine: Engine,
  b: Tensor,
  n: number,
  k: number,
  transposed: boolean,
): Columns {
  const [offsetStride, step] = transposed ? [4, k * 4] : [n * 4, 4];
  const plan = { width: n, line: 0, step };
  if (!engine.isFrozen(b) || b.size !== n * k) {
    return { ...plan, base: engine.address(b), offsets: evenOffsets(engine, k, offsetStride) };
  }
  const key = `columns ${n} ${transposed}`;
  const base = engine.arranged(b, key, packedBytes(n, k, 8), (from, to) => {
    const offsets = evenOffsets(engine, k, offsetStride);
    engine.wasm.packColumns(from, offsets, k, 0, n, n, 0, step, to);
  });
  return { ...plan, base, offsets: 0 };
}

function compute(
  engine: Engine,
  [a, b, bias]: readonly [Tensor, Tensor, (Tensor | undefined)?],
  options: OptionsOf<'matmul'>,
  result: Result,
): void {
  const sizes = matmulSizes(a.shape, b.shape, options);
  const { batch, inner: k, columns: n } = sizes;
  const transposeA = options.transposeA && a.shape.length > 1;
  const transposeB = options.transposeB && b.shape.length > 1;
  // One matrix B for all: the batch of A is only more rows.
  const joins = b.size === n * k && !transposeA && a.size === sizeOf(batch) * sizes.rows * k;
  const m = joins ? sizes.rows * sizeOf(batch) : sizes.rows;
  const matrices = joins ? [] : batch;
  const offsetsA = joins ? [0] : batchOffsets(a.shape, matrices, m * k);
  const offsetsB = joins ? [0] : batchOffsets(b.shape, matrices, k * n);
  const activation = activationCode(options.activation);

  const vector = (m === 1 || (n === 1 && !transposeA)) && (n > 1 || !transposeA || m === 1);
  const full = [...batch, sizes.rows, n];
  const seed = prepareSeed(engine, bias, n, full, result, !vector);
  if (vector) {
    const [baseA, baseB] = [engine.address(a), engine.address(b)];
    for (const [i, offset] of offsetsA.entries()) {
      const places = [baseA + offset * 4, baseB + (offsetsB[i] as number) * 4] as const;
      const to = result.address + i * m * n * 4;
      multiplyVector(engine, places, [m, n, k], to, seed.kind === 'result', transposeB);
    }
    engine.wasm.activateAll(result.address, result.size, ...activation);
    return;
  }

  const columns = prepareColumns(engine, b, n, k, transposeB);
  const [rowStride, columnStride] = transposeA ? [4, m * 4] : [k * 4, 4];
  const baseA = engine.address(a);
  const productOf = (i: number, rows: number): Product => ({
    rows,
    columns: { ...columns, base: columns.base + (offsetsB[i] as number) * 4 },
    to: result.address + i * m * n * 4,
    ...{ m, n, k, seed, activation },
  });
  if (offsetsA.length === 1) {
    const rows = engine.scratch(packedBytes(m, k, 4));
    engine.wasm.packRows(baseA, rowStride, columnStride, m, k, rows);
    multiplyParts(engine, productOf(0, rows));
    return;
  }
  engine.split(offsetsA.length, result.size * k, (part, first, end) => {
    const rows = part.scratch(packedBytes(m, k, 4));
    const scratch = productScratch(part, k);
    let packed = -1;
    for (let i = first; i < end; i++) {
      const offset = offsetsA[i] as number;
      if (offset !== packed) {
        part.wasm.packRows(baseA + offset * 4, rowStride, columnStride, m, k, rows);
      }
      packed = offset;
      multiply(part, scratch, productOf(i, rows));
    }
  });
}

/** Batched matrix product on packed panels. */
export const matmul: KernelFactory<'matmul'> = defineKernel('matmul', allFloat32, compute);
