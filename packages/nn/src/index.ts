export { checkpointed, residual, sequential } from './compose.ts';
export { type Bound, defineModule } from './define-module.ts';
export { NnError, SafetensorsError } from './errors.ts';
export {
  allZeros,
  type Fans,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  normal,
  xavierNormal,
  xavierUniform,
} from './initialize.ts';
export { type SelfAttentionOptions, selfAttention } from './layers/attention.ts';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convTranspose,
  type WeightOptions,
} from './layers/convolution.ts';
export { linear } from './layers/linear.ts';
export {
  type BatchNormOptions,
  batchNorm,
  instanceNorm,
  layerNorm,
} from './layers/normalization.ts';
export { averagePool, globalAveragePool, maxPool } from './layers/pooling.ts';
export { type SpectralNormOptions, spectralNorm } from './layers/spectral-norm.ts';
export { type AdversarialLoss, hingeLoss, leastSquaresLoss } from './losses/adversarial.ts';
export {
  type CrossEntropyOptions,
  crossEntropy,
  type KlDivergenceOptions,
  klDivergence,
} from './losses/classification.ts';
export { l1Loss, l2Loss, lpLoss } from './losses/distance.ts';
export { type InvertedResiduals, type MobileNetV2Options, mobileNetV2 } from './mobilenet-v2.ts';
export type { Applied, ApplyOptions, Layer, Module, Variables } from './module.ts';
export { type ResnetOptions, resnet } from './resnet.ts';
export {
  decodeSafetensors,
  encodeSafetensors,
  loadTree,
  type Safetensors,
} from './safetensors.ts';
