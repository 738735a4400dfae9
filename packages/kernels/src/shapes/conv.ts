import type { Shape } from '@subbyte/tensor';
import type { Conv2dOptions, ConvTranspose2dOptions } from '../options.ts';
import { checkRank, checkShape, checkWhole, fail, show } from './check.ts';

function checkConv(kernel: string, x: Shape, weight: Shape, options: Conv2dOptions): void {
  checkRank(kernel, 'x', x, 4);
  checkRank(kernel, 'weight', weight, 4);
  checkWhole(kernel, 'weight', weight, 1);
  checkWhole(kernel, 'strides', options.strides, 1);
  checkWhole(kernel, 'dilations', options.dilations, 1);
  checkWhole(kernel, 'padding', options.padding, 0);
  checkWhole(kernel, 'groups', [options.groups], 1);
}

function checkSpatial(kernel: string, x: Shape, weight: Shape, result: readonly number[]): void {
  if (result.some((size) => size < 1)) {
    const window = show(weight.slice(2));
    fail(kernel, `kernel ${window} on x ${show(x)} leaves an output of ${show(result)}`);
  }
}

/**
 * Shape of `conv2d`: `[N, O, H', W']`.
 * @throws KernelError when the operands do not fit together or the output would be empty.
 */
export function conv2dShape(
  x: Shape,
  weight: Shape,
  options: Conv2dOptions,
  bias?: Shape | undefined,
): number[] {
  checkConv('conv2d', x, weight, options);
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const [outputs, perGroup, kernelHeight, kernelWidth] = weight as readonly [
    number,
    number,
    number,
    number,
  ];
  const { groups, strides, dilations, padding } = options;
  if (perGroup * groups !== channels) {
    fail(
      'conv2d',
      `weight ${show(weight)} has ${perGroup} input channels in each of ${groups} groups, x ${show(x)} has ${channels} in all`,
    );
  }
  if (outputs % groups !== 0) {
    fail('conv2d', `${outputs} output channels do not divide into ${groups} groups`);
  }
  checkShape('conv2d', 'bias', bias, [outputs]);
  const [top, left, bottom, right] = padding;
  const down = height + top + bottom - dilations[0] * (kernelHeight - 1) - 1;
  const along = width + left + right - dilations[1] * (kernelWidth - 1) - 1;
  const spatial = [Math.floor(down / strides[0]) + 1, Math.floor(along / strides[1]) + 1] as const;
  checkSpatial('conv2d', x, weight, spatial);
  return [batch, outputs, ...spatial];
}

/**
 * Shape of `convTranspose2d`: `[N, O, H', W']`.
 * @throws KernelError when the operands do not fit together or the output would be empty.
 */
export function convTranspose2dShape(
  x: Shape,
  weight: Shape,
  options: ConvTranspose2dOptions,
  bias?: Shape | undefined,
): number[] {
  const kernel = 'convTranspose2d';
  checkConv(kernel, x, weight, options);
  checkWhole(kernel, 'outputPadding', options.outputPadding, 0);
  const [batch, channels, height, width] = x as readonly [number, number, number, number];
  const [inputs, perGroup, kernelHeight, kernelWidth] = weight as readonly [
    number,
    number,
    number,
    number,
  ];
  const { groups, strides, dilations, padding, outputPadding } = options;
  if (inputs !== channels) {
    fail(
      kernel,
      `weight ${show(weight)} has ${inputs} input channels, x ${show(x)} has ${channels}`,
    );
  }
  if (inputs % groups !== 0) {
    fail(kernel, `${inputs} input channels do not divide into ${groups} groups`);
  }
  checkShape(kernel, 'bias', bias, [perGroup * groups]);
  const [top, left, bottom, right] = padding;
  const size = (axis: 0 | 1, length: number, taps: number, cut: number): number =>
    (length - 1) * strides[axis] + dilations[axis] * (taps - 1) + 1 + outputPadding[axis] - cut;
  const spatial = [
    size(0, height, kernelHeight, top + bottom),
    size(1, width, kernelWidth, left + right),
  ] as const;
  checkSpatial(kernel, x, weight, spatial);
  return [batch, perGroup * groups, ...spatial];
}
