import type { ReportData, ReportHistogram, ReportLayer } from '../src/index.ts';

/** Pseudo-random numbers in [0, 1), the same in every run. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Counts of a bell between `min` and `max`, or of its right half. */
function bell(min: number, max: number, next: () => number, half = false): ReportHistogram {
  const bins = 96;
  const counts = Array.from({ length: bins }, (_, i) => {
    const x = half ? (3.6 * i) / bins : (7.2 * (i + 0.5)) / bins - 3.6;
    return Math.round(9000 * Math.exp((-x * x) / 2) * (0.85 + 0.3 * next()));
  });
  if (half) counts[0] = 40_000;
  return { min, max, counts };
}

function layer(place: number, count: number, next: () => number): ReportLayer {
  const channels = 16 << Math.floor((3 * place) / count);
  const parameters = channels * channels * 9;
  const last = place === count - 1;
  const name = last ? 'head.linear' : `layer${1 + Math.floor((3 * place) / count)}.${place}.conv`;
  const common = { name, op: last ? 'matmul' : 'conv2d', parameters, bytesBefore: 4 * parameters };
  if (place === 4) return { ...common, reason: 'kept float by name' };
  const bits = place === 0 || last ? 8 : 4;
  const reach = 0.15 + 0.5 * next();
  const high = 2 + 4 * next();
  return {
    ...common,
    shape: last ? [64, 10] : [channels, channels, 3, 3],
    weights: {
      bits,
      sqnr: (bits === 8 ? 40 : 18) + 5 * next(),
      bytes: (parameters * bits) / 8 + 4 * channels,
      scales: channels,
      histogram: bell(-reach * 1.1, reach, next),
      gridMin: -reach,
      gridMax: reach * 0.9,
    },
    input: { bits: 8, histogram: bell(0, high * 1.3, next, true), gridMin: 0, gridMax: high },
    outputSqnr: 32 - (14 * place) / count - 6 * next(),
    milliseconds: 0.1 + next(),
  };
}

/** A whole report about a made-up network of `count` layers. */
export function reportData(count = 21): ReportData {
  const next = stream(count);
  return {
    model: 'resnet20-cifar10.onnx',
    summary: '4-bit weights, 8-bit activations, ranges by least squared error',
    recipe: [
      { label: 'Weights', value: '4 bits, per channel, mse' },
      { label: 'Activations', value: '8 bits, per tensor, mse' },
      { label: 'First and last layer', value: '8 bits' },
      { label: 'Kept float', value: 'layer1.4.conv' },
      { label: 'Bias correction', value: 'yes' },
      { label: 'Calibration', value: '256 samples, seed 1' },
      { label: 'Format', value: 'packed' },
    ],
    command:
      'subbyte quantize resnet20-cifar10.onnx -o small.onnx --weights 4 --activations 8 --observer mse --calibration cifar10:data --samples 256 --format packed',
    size: { before: 1_098_214, after: 164_830 },
    scores: [
      { name: 'Top-1', before: 88.74, after: 88.02, samples: 5000 },
      { name: 'Top-5', before: 99.42, after: 99.4, samples: 5000 },
    ],
    outputSqnr: 17.34,
    proof: {
      samples: 4,
      engines: [
        {
          engine: 'ort-node',
          runs: true,
          sqnr: 61.2,
          largest: 0.00412,
          range: 21.7,
          milliseconds: 1.84,
          millisecondsBefore: 3.61,
        },
        {
          engine: 'ort-web',
          runs: true,
          sqnr: 61.2,
          largest: 0.00412,
          range: 21.7,
          milliseconds: 5.17,
          millisecondsBefore: 12.9,
        },
        {
          engine: 'subbyte',
          runs: true,
          sqnr: 150,
          largest: 0,
          range: 21.7,
          milliseconds: 9.4,
          millisecondsBefore: 9.1,
        },
        { engine: 'ort-webgpu', runs: false, reason: 'no GPU adapter here' },
      ],
      operations: {
        operations: { QLinearConv: 19, QLinearAdd: 9, QuantizeLinear: 1, Conv: 1 },
        integer: 28,
        float: 1,
      },
    },
    layers: Array.from({ length: count }, (_, place) => layer(place, count, next)),
  };
}
