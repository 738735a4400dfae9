import { tensor } from '@subbyte/tensor';
import type { Importers, OnnxNode } from '../node.ts';

const modes = { nearest: 'nearest', linear: 'linear', cubic: 'cubic' } as const;

const coordinates = {
  half_pixel: 'half_pixel',
  half_pixel_symmetric: 'half_pixel_symmetric',
  pytorch_half_pixel: 'pytorch_half_pixel',
  align_corners: 'align_corners',
  asymmetric: 'asymmetric',
} as const;

const roundings = {
  round_prefer_floor: 'round_prefer_floor',
  round_prefer_ceil: 'round_prefer_ceil',
  floor: 'floor',
  ceil: 'ceil',
} as const;

const policies = {
  stretch: 'stretch',
  not_larger: 'not_larger',
  not_smaller: 'not_smaller',
} as const;

/** Upsample, and Resize before opset 11: positions are plain quotients, rounded down. */
function byScales(node: OnnxNode, scales: string): void {
  const mode = node.attributes.choice('mode', modes, 'nearest');
  const options = {
    mode,
    coordinates: 'asymmetric',
    nearest: 'floor',
    cubicCoefficient: -0.75,
    excludeOutside: false,
    keepAspect: 'stretch',
  } as const;
  node.emit('dynamicResize', [node.input(0), scales], options, node.outputs);
}

function Upsample(node: OnnxNode): void {
  const scales = node.attributes.floats('scales');
  if (node.opset < 9 && !scales) throw node.error('attribute "scales" is missing');
  byScales(node, scales ? node.define(tensor(scales)) : node.input(1));
}

/** Resize since opset 11. */
function byOptions(node: OnnxNode): void {
  const { attributes } = node;
  if (attributes.flag('antialias', false)) throw node.error('antialias is not supported');
  const options = {
    mode: attributes.choice('mode', modes, 'nearest'),
    coordinates: attributes.choice('coordinate_transformation_mode', coordinates, 'half_pixel'),
    nearest: attributes.choice('nearest_mode', roundings, 'round_prefer_floor'),
    cubicCoefficient: attributes.float('cubic_coeff_a', -0.75),
    excludeOutside: attributes.flag('exclude_outside', false),
    axes: attributes.ints('axes'),
    keepAspect: attributes.choice('keep_aspect_ratio_policy', policies, 'stretch'),
  };
  // Operand 1, the region, counts only for tf_crop_and_resize, which `coordinates` refuses.
  const scales = node.has(2) ? node.input(2) : '';
  const inputs = [node.input(0), scales];
  if (node.has(3)) inputs.push(node.input(3));
  node.emit('dynamicResize', inputs, options, node.outputs);
}

function Resize(node: OnnxNode): void {
  if (node.opset < 11) byScales(node, node.input(1));
  else byOptions(node);
}

/** Resampling. */
export const resize: Importers = { Upsample, Resize };
