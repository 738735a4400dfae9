import type { Importers } from '../node.ts';
import { convolution } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { linalg } from './linalg.ts';
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

/** Importers of onnxruntime's own operators that mean the same as standard ones. */
export const microsoft: Importers = {
  Gelu: standard.Gelu as Importers[string],
  QuantizeLinear: standard.QuantizeLinear as Importers[string],
  DequantizeLinear: standard.DequantizeLinear as Importers[string],
};
