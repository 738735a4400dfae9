// Products of codes of few bits: activations and weights as bit planes, 32 channels of a tap to a word (binary decomposition,
// EBS, arXiv 2003.07577, section 3; RTN, arXiv 1912.02057, section 3.4). Images become planes while they are padded; the
// windows of a line are gathered in rows.

import type { IntegerEpilogueOptions } from '@subbyte/kernels';
import { bytesPerElement, type Tensor } from '@subbyte/tensor';
import type { Engine } from '../engine.ts';
import type { BitOperands } from './bit-operands.ts';
import type { CodeConvolution, Factors } from './convolution.ts';
import { epilogueTable } from './epilogue.ts';
import { wholePanels } from './weights.ts';

/** Most pixels whose windows are gathered at a time. */
const strip = 256;

/** Convolves images of codes by their bits and writes the result to `to`. */
export function convolveBits(
  engine: Engine,
  x: Tensor,
  [weight, bias, multiplier, residual, terms]: Factors,
  sizes: CodeConvolution,
  options: IntegerEpilogueOptions,
  operands: BitOperands,
  to: number,
): void {
  const { batch, height, width, channels, outputs, kernel, rows, columns } = sizes;
  const { groups, strides, dilations, padding } = sizes;
  const [top, left, bottom, right] = padding;
  const { weightPlanes, lowest, step } = operands;
  const taps = kernel[0] * kernel[1];
  const [inputs, own] = [channels / groups, outputs / groups];
  const tapWords = Math.ceil(inputs / 32);
  const words = taps * tapWords;
  const isTernary = weightPlanes === 0;
  const group = tapWords * operands.planes * 4;
  const pixel = groups * group;
  const line = (left + width + right) * pixel;
  const lines = top + height + bottom;
  const row = words * operands.planes * 4;
  const source = engine.address(x);

  const sumBytes = wholePanels(own) * 4;
  const each = sumBytes + wholePanels(own) * (isTernary ? 2 : weightPlanes) * words * 4;
  const key = `bits ${weightPlanes} ${groups} ${outputs} ${inputs} ${taps}`;
  const packed = engine.arranged(weight, key, groups * each, (from, place) => {
    for (let g = 0; g < groups; g++) {
      const at = place + g * each;
      engine.wasm.packWeightBits(
        from + g * own * inputs * taps,
        at + sumBytes,
        own,
        inputs,
        taps,
        weightPlanes,
        lowest,
        step,
        at,
      );
    }
  });
  const base = engine.scratch(groups * sumBytes);
  // Ternary activations count from their code of zero.
  const zero = isTernary ? 0 : options.inputZero - operands.base;
  for (let g = 0; g < groups; g++) {
    const biases = engine.address(bias) + g * own * 4;
    engine.wasm.integerBase(biases, packed + g * each, zero, own, base + g * sumBytes);
  }
  const factors = engine.table(operands.factors);
  const multipliers = engine.address(multiplier);
  const added = residual ? engine.address(residual) : 0;
  const elementBytes = bytesPerElement(options.output.dtype);
  const pixels = rows * columns;
  const scratchBytes = engine.wasm.bitProductScratch();

  const imageBuffer = (part: Engine): number => part.scratch(lines * line + 16);
  /** Makes planes of the lines `first` to `end` of padded image `n`. */
  const pack = (part: Engine, n: number, buffer: number, first: number, end: number): void => {
    part.wasm.packImageBits(
      source + n * height * width * channels,
      buffer,
      height,
      width,
      channels,
      groups,
      top,
      left,
      right,
      options.inputZero,
      operands.base,
      isTernary ? 0 : operands.planes,
      first,
      end,
      part.scratch(pixel + channels + 32),
    );
  };
  /** Computes the pixels `first` to `end` of image `n` from its planes. */
  const compute = (part: Engine, n: number, planes: number, first: number, end: number): void => {
    const gathered = part.scratch(strip * row + 16);
    const scratch = part.scratch(scratchBytes);
    for (let g = 0; g < groups; g++) {
      const epilogue = epilogueTable(part, outputs, residual, options, {
        base: base + g * sumBytes,
        multiplier: multipliers + g * own * 4,
        corrections: 0,
        residual: added && added + n * pixels * outputs + g * own,
        offsets: terms?.(n, g),
      });
      for (let at = first; at < end; ) {
        const [y, column] = [Math.floor(at / columns), at % columns];
        const count = Math.min(strip, columns - column, end - at);
        part.wasm.gatherWindows(
          planes + y * strides[0] * line + column * strides[1] * pixel + g * group,
          gathered,
          count,
          strides[1] * pixel,
          ...kernel,
          dilations[0] * line,
          dilations[1] * pixel,
          group,
          row,
        );
        part.wasm.bitProduct(
          gathered,
          words,
          at,
          count,
          packed + g * each + sumBytes,
          weightPlanes,
          operands.planes,
          factors,
          lowest,
          own,
          to + (n * pixels * outputs + g * own) * elementBytes,
          epilogue,
          scratch,
        );
        at += count;
      }
    }
  };

  const operations = (pixels * outputs * words * operands.planes * Math.max(weightPlanes, 1)) / 2;
  if (batch < engine.threads) {
    const planes = imageBuffer(engine);
    for (let n = 0; n < batch; n++) {
      engine.split(lines, lines * line, (part, first, end) => pack(part, n, planes, first, end));
      engine.split(pixels, operations, (part, first, end) => compute(part, n, planes, first, end));
    }
    return;
  }
  engine.split(batch, batch * operations, (part, first, end) => {
    const planes = imageBuffer(part);
    for (let n = first; n < end; n++) {
      pack(part, n, planes, 0, lines);
      compute(part, n, planes, 0, pixels);
    }
  });
}
