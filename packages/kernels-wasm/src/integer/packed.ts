import type { PackedWeightOptions } from '@subbyte/kernels';
import type { Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import { defineKernel, type KernelFactory } from '../kernel.ts';
import { epilogueTable } from './epilogue.ts';

/** Outputs that lie side by side: see assembly/integer/packed.ts. */
const panel = 16;

/** Weights in panels, as many bits each as before, and what belongs to each output. */
interface Panels {
  readonly weights: number;
  /** int32 per output in whole panels: the sum of its weights. */
  readonly sums: number;
  readonly count: number;
  /** Blocks of 8 inputs. */
  readonly blocks: number;
}

function panelsOf(
  engine: Engine,
  weight: Tensor,
  inputs: number,
  { bits, weightZero }: PackedWeightOptions,
): Panels {
  const [outputs, rowBytes] = weight.shape as readonly [number, number];
  const [count, blocks] = [Math.ceil(outputs / panel), Math.ceil(inputs / 8)];
  const weightBytes = count * blocks * bits * 16;
  const key = `panels ${outputs} ${inputs} ${bits} ${weightZero}`;
  const weights = engine.arranged(weight, key, weightBytes + count * panel * 4, (from, to) =>
    engine.wasm.packPanels(from, rowBytes, to, outputs, inputs, bits, weightZero, to + weightBytes),
  );
  return { weights, sums: weights + weightBytes, count, blocks };
}

/** Rows of codes as the products want them. */
interface Rows {
  readonly at: number;
  readonly stride: number;
  readonly wide: number;
}

function allocateRows(engine: Engine, rows: number, blocks: number, bits: number): Rows {
  const wide = engine.wasm.isWide(bits);
  const stride = blocks * 8 * (wide ? 2 : 1);
  return { at: engine.scratch(rows * stride), stride, wide };
}

/** Rows of codes times packed weights. */
export const packedMatmul: KernelFactory<'packedMatmul'> = defineKernel(
  'packedMatmul',
  () => true,
  (engine, [x, weight, bias, multiplier], options, result) => {
    const { bits, weightZero, inputZero } = options;
    const [inputs, outputs] = [x.shape.at(-1) as number, weight.shape[0] as number];
    const rows = result.size / outputs;
    const panels = panelsOf(engine, weight, inputs, options);
    const codes = allocateRows(engine, rows, panels.blocks, bits);
    const signed = x.dtype === 'int8';
    const corrections = engine.scratch(rows * 4);
    engine.wasm.prepareCodes(
      engine.address(x),
      signed ? 1 : 0,
      rows,
      inputs,
      codes.at,
      codes.stride,
      codes.wide,
      -weightZero,
      corrections,
    );
    const base = engine.scratch(panels.count * panel * 4);
    const zero = signed ? inputZero : inputZero - 128;
    engine.wasm.integerBase(engine.address(bias), panels.sums, zero, outputs, base);
    const places = { base, multiplier: engine.address(multiplier), corrections, residual: 0 };
    engine.split(panels.count, rows * inputs * outputs, (part, first, end) => {
      part.wasm.packedCodes(
        codes.at,
        codes.stride,
        rows,
        bits,
        panels.blocks,
        panels.weights,
        first,
        end,
        outputs,
        result.address,
        epilogueTable(part, outputs, undefined, options, places),
        part.scratch(288),
      );
    });
  },
);

/** Float32 rows, each on an int8 grid of its own, times packed weights with a scale per group. */
export const matmulNBits: KernelFactory<'matmulNBits'> = defineKernel(
  'matmulNBits',
  () => true,
  (engine, [x, weight, scale, bias], options, result) => {
    const { bits, weightZero } = options;
    const [inputs, outputs] = [x.shape.at(-1) as number, weight.shape[0] as number];
    const rows = result.size / outputs;
    const panels = panelsOf(engine, weight, inputs, options);
    const groups = scale.shape[1] as number;
    const groupSize = Math.min(options.groupSize, panels.blocks * 8);
    const scaleBytes = Math.max(panels.count * panel * groups * 4, 4);
    const scales = engine.arranged(scale, `panels ${outputs}`, scaleBytes, (from, to) =>
      engine.wasm.packScales(from, to, outputs, groups),
    );
    const codes = allocateRows(engine, rows, panels.blocks, bits);
    const [steps, corrections] = [engine.scratch(rows * 4), engine.scratch(rows * groups * 4)];
    engine.wasm.quantizeRows(
      engine.address(x),
      rows,
      inputs,
      groupSize,
      codes.at,
      codes.stride,
      codes.wide,
      steps,
      -weightZero,
      corrections,
    );
    const biases = bias ? engine.address(bias) : 0;
    // `PackedRows` of assembly/integer/packed.ts.
    const table = engine.table([
      ...[codes.at, codes.stride, rows, panels.blocks, groupSize / 8, groups, panels.weights],
      ...[outputs, corrections, scales, steps, biases, result.address],
    ]);
    engine.split(panels.count, rows * inputs * outputs, (part, first, end) => {
      part.wasm.packedFloats(bits, table, first, end, part.scratch(512));
    });
  },
);
