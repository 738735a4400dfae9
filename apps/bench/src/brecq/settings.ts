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
  /** What others lose there, and in how long (PyTorch 1.13, the same model, one busy core). */
  readonly others: {
    readonly nearest?: string;
    /** The authors' code, 2 000 iterations for weights and 1 000 for activations. */
    readonly brecq: string;
    /** QDrop made again as one joint stage, 2 000 iterations. */
    readonly qdrop?: string;
  };
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
    others: { nearest: '0.98', brecq: '0.13' },
    bar: 0.2,
  },
  {
    name: 'W4A4',
    weights: 4,
    activations: 4,
    seeds: 3,
    others: { brecq: '0.87 (342 s)', qdrop: '0.52 (367 s)' },
    bar: 0.5,
  },
  {
    name: 'W3A32',
    weights: 3,
    activations: undefined,
    seeds: 1,
    others: { nearest: '8.47', brecq: '0.28' },
    bar: 0.4,
  },
  {
    name: 'W3A3',
    weights: 3,
    activations: 3,
    seeds: 3,
    others: { brecq: '3.19 (511 s)', qdrop: '2.70 (396 s)' },
    bar: 2.6,
  },
  {
    name: 'W2A32',
    weights: 2,
    activations: undefined,
    seeds: 3,
    others: { nearest: '63.69', brecq: '2.43' },
    bar: 2.2,
  },
  {
    name: 'W2A4',
    weights: 2,
    activations: 4,
    seeds: 3,
    others: { brecq: '3.22 (380 s)', qdrop: '2.34 (389 s)' },
    bar: 2.3,
  },
  {
    name: 'W2A2',
    weights: 2,
    activations: 2,
    seeds: 3,
    others: { brecq: '24.16 (457 s)', qdrop: '9.06 (394 s)' },
    bar: 8.5,
  },
];
