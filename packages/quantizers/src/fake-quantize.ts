import { type GridOptions, kernels } from '@subbyte/kernels';
import { type DataType, type FloatTensor, sameShape, type Tensor, tensor } from '@subbyte/tensor';
import { QuantizerError } from './errors.ts';
import { scaleShapeOf } from './granularity.ts';
import { codeRange } from './grid.ts';
import { decodeLevels, encodeLevels, fakeQuantizeLevels } from './level-codes.ts';
import type { Quantizer, UniformQuantizer } from './types.ts';

function gridOptions({ granularity }: Quantizer): GridOptions {
  return {
    axis: granularity.kind === 'perTensor' ? 0 : granularity.axis,
    groupSize: granularity.kind === 'perGroup' ? granularity.size : 0,
  };
}

function checkFits(x: Tensor, quantizer: Quantizer): void {
  const expected = scaleShapeOf(x.shape, quantizer.granularity);
  if (!sameShape(expected, quantizer.scaleShape)) {
    throw new QuantizerError(
      `quantizer with scales [${quantizer.scaleShape}] on a tensor [${x.shape}]: expected [${expected}]`,
    );
  }
}

const scales = (q: UniformQuantizer): FloatTensor =>
  tensor(Float32Array.from(q.scale), q.scaleShape);

const zeroPoints = (q: UniformQuantizer, dtype: DataType): Tensor =>
  tensor(q.zeroPoint, q.scaleShape, dtype);

/**
 * `x` with every element moved to the nearest point of the quantizer's grid, float32 of the shape of
 * `x`. Infinities go to the ends of the grid, NaN to its lowest point.
 * @throws QuantizerError when the quantizer's scales do not fit the shape of `x`.
 */
export function fakeQuantize(x: Tensor, quantizer: Quantizer): Tensor {
  checkFits(x, quantizer);
  if (quantizer.scheme !== 'uniform') return fakeQuantizeLevels(x, quantizer);
  return kernels.fakeQuantizeUniform([x, scales(quantizer), zeroPoints(quantizer, 'float32')], {
    ...codeRange(quantizer),
    ...gridOptions(quantizer),
  });
}

/**
 * The integer codes of `x`: int8 when some are negative, else uint8, of the shape of `x`.
 * @throws QuantizerError when the quantizer's scales do not fit the shape of `x`.
 */
export function encode(x: Tensor, quantizer: Quantizer): Tensor {
  checkFits(x, quantizer);
  if (quantizer.scheme !== 'uniform') return encodeLevels(x, quantizer);
  const dtype = quantizer.signed ? 'int8' : 'uint8';
  return kernels.quantizeLinear([x, scales(quantizer), zeroPoints(quantizer, dtype)], {
    dtype,
    ...codeRange(quantizer),
    ...gridOptions(quantizer),
  });
}

/**
 * The values of integer codes, float32; `decode(encode(x, q), q)` is `fakeQuantize(x, q)` bit for
 * bit.
 * @throws QuantizerError when the quantizer's scales do not fit the shape of `codes`, and for codes
 * that no level has.
 */
export function decode(codes: Tensor, quantizer: Quantizer): Tensor {
  checkFits(codes, quantizer);
  if (quantizer.scheme !== 'uniform') return decodeLevels(codes, quantizer);
  return kernels.dequantizeLinear(
    [codes, scales(quantizer), zeroPoints(quantizer, codes.dtype)],
    gridOptions(quantizer),
  );
}
