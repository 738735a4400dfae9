import type { Importers } from '../node.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { linalg } from './linalg.ts';
import { packedProducts } from './mat-mul-n-bits.ts';
import { movement } from './movement.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import { quantization } from './quantization.ts';
import { reduction } from './reduction.ts';
import { resize } from './resize.ts';
import { shape } from './shape.ts';

/** Importers of the standard operators (domain `''`, also spelled `ai.onnx`). */
export const standard: Importers = {
  ...convolution,
  ...pooling,
  ...elementwise,
  ...linalg,
  ...movement,
  ...resize,
  ...reduction,
  ...normalization,
  ...quantization,
  ...shape,
};

/** Importers of onnxruntime's own operators. */
export const microsoft: Importers = {
  Gelu: standard.Gelu as Importers[string],
  QuantizeLinear: standard.QuantizeLinear as Importers[string],
  DequantizeLinear: standard.DequantizeLinear as Importers[string],
  ...packedProducts,
};

/** Oldest version of each operator that the importers know; the others are known from the first. */
export const oldest: { readonly [op: string]: number } = {
  // Broadcasting was an attribute.
  Add: 7,
  Sub: 7,
  Mul: 7,
  Div: 7,
  Pow: 7,
  And: 7,
  Or: 7,
  Xor: 7,
  Equal: 7,
  Less: 7,
  Greater: 7,
  PRelu: 7,
  Gemm: 7,
  // Training was an attribute.
  BatchNormalization: 7,
  Dropout: 7,
  // Options had other names, types or places.
  Upsample: 7,
  Cast: 6,
  Tile: 6,
  Reshape: 5,
  Concat: 4,
  Pad: 2,
  Split: 2,
};
