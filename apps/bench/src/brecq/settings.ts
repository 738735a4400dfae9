import type { WeightConfig } from '@subbyte/quantize';

type Bits = WeightConfig['bits'];

/** One row of the benchmark: widths, what others lose there, and what we may lose. */
export interface Setting {
  /** `W4A4`; A32: values stay float. */
  readonly name: string;
  readonly weights: Bits;
  readonly activations: Bits | undefined;
  /** Calibration seeds whose mean is compared with the bar. */
  readonly seeds: number;
  /** Points of top-1 lost by the authors' code (BRECQ) and by QDrop as one joint stage; PyTorch 1.13. */
  readonly brecq: number | undefined;
  readonly qdrop: number | undefined;
  /** Most points that may be lost. */
  readonly bar: number;
}

/** The settings that are measured, from wide to narrow. */
export const settings: readonly Setting[] = [
  {
    name: 'W4A32',
    weights: 4,
    activations: undefined,
    seeds: 1,
    brecq: 0.13,
    qdrop: undefined,
    bar: 0.2,
  },
  { name: 'W4A4', weights: 4, activations: 4, seeds: 3, brecq: 0.87, qdrop: 0.52, bar: 0.5 },
  {
    name: 'W3A32',
    weights: 3,
    activations: undefined,
    seeds: 1,
    brecq: 0.28,
    qdrop: undefined,
    bar: 0.4,
  },
  { name: 'W3A3', weights: 3, activations: 3, seeds: 3, brecq: 3.19, qdrop: 2.7, bar: 2.6 },
  {
    name: 'W2A32',
    weights: 2,
    activations: undefined,
    seeds: 3,
    brecq: 2.43,
    qdrop: undefined,
    bar: 2.2,
  },
  { name: 'W2A4', weights: 2, activations: 4, seeds: 3, brecq: 3.22, qdrop: 2.34, bar: 2.3 },
  { name: 'W2A2', weights: 2, activations: 2, seeds: 3, brecq: 24.16, qdrop: 9.06, bar: 8.5 },
];
