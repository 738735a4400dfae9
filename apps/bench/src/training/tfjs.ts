import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { type Convolution, elements, padding } from './convolutions.ts';

/** The same convolutions on the CPU backend of TensorFlow.js (plain JavaScript, NHWC, its only layout). */
export function tfjsConvolution(convolution: Convolution): {
  readonly forward: () => void;
  readonly both: () => void;
} {
  const {
    batch,
    channels: [inputs, outputs],
    size,
    filter,
    stride,
    groups,
  } = convolution;
  const x = tf.tensor4d(elements(batch * inputs * size ** 2), [batch, size, size, inputs]);
  const shape = [filter, filter, inputs, groups === 1 ? outputs : 1] as const;
  const w = tf.tensor4d(elements(shape.reduce((a, b) => a * b, 1)), [...shape]);
  const conv = (image: tf.Tensor4D, weight: tf.Tensor4D): tf.Scalar =>
    tf.sum(
      groups === 1
        ? tf.conv2d(image, weight, stride, padding, 'NHWC', 1, 'floor')
        : tf.depthwiseConv2d(image, weight, stride, padding, 'NHWC', 1, 'floor'),
    );
  const gradients = tf.valueAndGrads((image, weight) =>
    conv(image as tf.Tensor4D, weight as tf.Tensor4D),
  );
  const inTidy = (work: () => unknown) => (): void => {
    tf.tidy(() => {
      work();
    });
  };
  return { forward: inTidy(() => conv(x, w)), both: inTidy(() => gradients([x, w])) };
}
