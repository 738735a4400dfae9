import type { Kernel, TrainingKernelName } from '../../table.ts';
import { activationGradient } from './activation.ts';
import {
  batchNormInputGradient,
  batchNormParameterGradient,
  batchNormStatistics,
} from './batch-norm.ts';
import { conv2dInputGradient, conv2dWeightGradient } from './conv2d.ts';
import {
  fakeQuantizeDrop,
  fakeQuantizeDropGradient,
  fakeQuantizeDropScaleGradient,
} from './fake-quantize-drop.ts';
import { gatherElementsGradient, gatherGradient, padGradient, sliceGradient } from './movement.ts';
import {
  instanceNormInputGradient,
  instanceNormParameterGradient,
  layerNormInputGradient,
  layerNormParameterGradient,
} from './normalization.ts';
import { averagePool2dGradient, maxPool2dGradient } from './pool2d.ts';
import { fakeQuantizeUniformGradient, fakeQuantizeUniformScaleGradient } from './quantize.ts';
import { randomSelect } from './random-select.ts';
import { resizeGradient } from './resize.ts';
import { logSoftmaxGradient, softmaxGradient } from './softmax.ts';
import { accumulateUpdate, adamUpdate, blendUpdate, sgdUpdate } from './update.ts';

/** Every training kernel in plain TypeScript. */
export const trainingReference: { readonly [K in TrainingKernelName]: Kernel<K> } = {
  conv2dInputGradient,
  conv2dWeightGradient,
  maxPool2dGradient,
  averagePool2dGradient,
  activationGradient,
  batchNormStatistics,
  batchNormParameterGradient,
  batchNormInputGradient,
  instanceNormInputGradient,
  instanceNormParameterGradient,
  layerNormInputGradient,
  layerNormParameterGradient,
  softmaxGradient,
  logSoftmaxGradient,
  padGradient,
  sliceGradient,
  resizeGradient,
  gatherGradient,
  gatherElementsGradient,
  fakeQuantizeUniformGradient,
  fakeQuantizeUniformScaleGradient,
  randomSelect,
  fakeQuantizeDrop,
  fakeQuantizeDropGradient,
  fakeQuantizeDropScaleGradient,
  sgdUpdate,
  adamUpdate,
  blendUpdate,
  accumulateUpdate,
};
