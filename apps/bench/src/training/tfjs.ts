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
  const attributes = { strides: stride, dilations: 1, pad: padding, dataFormat: 'NHWC' };
  const [toInput, toFilter] =
    groups === 1
      ? [tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter]
      : [tf.DepthwiseConv2dNativeBackpropInput, tf.DepthwiseConv2dNativeBackpropFilter];
  const dy = tf.ones<tf.Rank.R4>([batch, size / stride, size / stride, outputs]);
  // The kernels themselves: the Node build of tfjs-core registers no gradients.
  const both = (): void => {
    conv(x, w);
    const rest = { ...attributes, dimRoundingMode: 'floor' };
    tf.engine().runKernel(toInput, { dy, filter: w }, { ...rest, inputShape: x.shape });
    tf.engine().runKernel(toFilter, { x, dy }, { ...rest, filterShape: w.shape });
  };
  const inTidy = (work: () => unknown) => (): void => {
    tf.tidy(() => {
      work();
    });
  };
  return { forward: inTidy(() => conv(x, w)), both: inTidy(both) };
}
