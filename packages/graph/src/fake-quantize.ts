import type { OptionsOf } from '@subbyte/kernels';
import { codeRange, type UniformQuantizer } from '@subbyte/quantizers';
import { type FloatTensor, tensor } from '@subbyte/tensor';

/** A uniform quantizer as the kernel `fakeQuantizeUniform` wants it. */
export interface LoweredQuantizer {
  readonly scale: FloatTensor;
  readonly zeroPoint: FloatTensor;
  readonly options: OptionsOf<'fakeQuantizeUniform'>;
}

/** Tensors and options with which `fakeQuantizeUniform` computes `quantizer`. */
export function lowerQuantizer(quantizer: UniformQuantizer): LoweredQuantizer {
  const { granularity, scaleShape } = quantizer;
  return {
    scale: tensor(quantizer.scale, scaleShape),
    zeroPoint: tensor(quantizer.zeroPoint, scaleShape),
    options: {
      ...codeRange(quantizer),
      axis: granularity.kind === 'perTensor' ? 0 : granularity.axis,
      groupSize: granularity.kind === 'perGroup' ? granularity.size : 0,
    },
  };
}
