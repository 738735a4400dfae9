import { integerOps, type OpName } from '@subbyte/graph';
import {
  type Bits,
  QuantizerError,
  type RangeOption,
  resolveRangeMethod,
  type Scheme,
} from '@subbyte/quantizers';
import {
  type CheckpointStore,
  type ReconstructionConfig,
  type ResolvedReconstruction,
  resolveReconstruction,
} from '@subbyte/reconstruct';
import type { Tensor } from '@subbyte/tensor';
import { QuantizeError } from './errors.ts';
import type { ProgressEvent } from './progress.ts';

/** Quantization of the weights of a layer. */
export interface WeightConfig {
  /**
   * Which levels weights may have: evenly spaced ones, sums of powers of two, or -1, 0 and 1. Default
   * `uniform`. First and last layer stay uniform; `overrides` say otherwise.
   */
  readonly scheme?: Scheme | undefined;
  /** 2 to 8; 2 for ternary ones. */
  readonly bits: Bits;
  /** Default `perChannel`: one scale per output channel. Groups lie along the input channels. */
  readonly granularity?: 'perTensor' | 'perChannel' | 'perGroup' | undefined;
  /** Elements per group with `perGroup`. Default 32. */
  readonly groupSize?: number | undefined;
  /** Zero point, or offset of ternary levels, 0. Default true. */
  readonly symmetric?: boolean | undefined;
  /**
   * How ranges are chosen. Default `minMax`: the few large weights of a channel often meet large inputs,
   * and searches that look at weights alone clip them. Sums of powers of two know `minMax` and `mse`;
   * ternary weights `mse` only, their default.
   */
  readonly observer?: RangeOption | undefined;
}

/** Quantization of the values between layers, one range per value. */
export interface ActivationConfig {
  /** 2 to 8. */
  readonly bits: Bits;
  /** Signed codes with zero point 0 instead of unsigned ones. Default false. */
  readonly symmetric?: boolean | undefined;
  /** How ranges are chosen. Default `mse`. */
  readonly observer?: RangeOption | undefined;
}

/** Widths of a layer and of the values it reads. */
export interface LayerBits {
  readonly weights?: Bits | undefined;
  readonly activations?: Bits | undefined;
}

/** Widths of the first layer. */
export interface FirstLayerBits extends LayerBits {
  /** Of the value it makes. Default 8, as in BRECQ. */
  readonly output?: Bits | undefined;
}

/** Other settings for some layers. */
export interface LayerOverride {
  readonly weights?: Partial<WeightConfig> | undefined;
  /** Of the values the layer reads. */
  readonly activations?: { readonly bits: Bits } | undefined;
}

/** One batch: the graph's only input, or all its inputs by name. The first axis counts samples. */
export type Batch = Tensor | Readonly<Record<string, Tensor>>;

/** Batches, in any kind of sequence. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** What to quantize, how, and with which data. */
export interface QuantizeConfig {
  readonly weights: WeightConfig;
  /** Absent: weights only. */
  readonly activations?: ActivationConfig | undefined;
  /** Of the layers that see the input first. Default 8 bits. */
  readonly firstLayer?: FirstLayerBits | undefined;
  /** Of the layers with none after them. Default 8 bits. */
  readonly lastLayer?: LayerBits | undefined;
  /** Layers to leave in float: names, or patterns with `*`. */
  readonly keepFloat?: readonly string[] | undefined;
  /** Settings by layer name or pattern; a later one wins. They outrank `firstLayer`, `lastLayer`. */
  readonly overrides?: Readonly<Record<string, LayerOverride>> | undefined;
  /**
   * Operations whose operands and result are put on grids, of those in `integerOps`; what lies
   * between them stays float. Default: all of them.
   */
  readonly activationOps?: readonly OpName[] | undefined;
  /** Needed for activations and bias correction; with it the report has output SQNRs. */
  readonly calibration?: Batches | undefined;
  /** At most this many samples are taken from `calibration`. Default 256. */
  readonly samples?: number | undefined;
  /** Undo the shift of each output channel's mean. Default: when there is calibration data. */
  readonly biasCorrection?: boolean | undefined;
  /** Learn how weights are rounded, unit by unit; absent: each to the nearest code. */
  readonly reconstruction?: ReconstructionConfig | undefined;
  /**
   * Where finished units are kept, so that the same call goes on behind them after an interruption and
   * ends with the same bytes; a store belongs to one model with its data and settings. Only for
   * reconstruction.
   */
  readonly checkpoint?: CheckpointStore | undefined;
  /**
   * Bytes that reconstruction may keep of its samples: inputs and float results of a unit, and those of
   * one batch; not the calibration samples themselves. What does not fit as float32 is kept as codes,
   * then as halves, then computed anew for every batch. Default 2 000 000 000: in reach of browser tabs,
   * and enough for float32 with 1 024 pictures of 32 x 32.
   */
  readonly memory?: number | undefined;
  /** Of everything random in reconstruction. Default 0. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((event: ProgressEvent) => void) | undefined;
  /** Rejects with the signal's reason between two steps of work. */
  readonly signal?: AbortSignal | undefined;
}

/** `T` with every field there. */
export type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** A configuration with every default in place. */
export interface ResolvedConfig {
  readonly weights: Complete<WeightConfig>;
  readonly activations: Complete<ActivationConfig> | undefined;
  readonly firstLayer: Complete<FirstLayerBits>;
  readonly lastLayer: Complete<LayerBits>;
  readonly keepFloat: readonly string[];
  readonly overrides: Readonly<Record<string, LayerOverride>>;
  readonly activationOps: ReadonlySet<OpName>;
  readonly samples: number;
  readonly biasCorrection: boolean;
  readonly reconstruction: ResolvedReconstruction | undefined;
  readonly memory: number;
  readonly seed: number;
}

function checkWhole(role: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new QuantizeError(`${role} is ${value}: expected a whole number from ${low} to ${high}`);
  }
}

function checkRange(role: string, option: RangeOption): void {
  try {
    resolveRangeMethod(option);
  } catch (cause) {
    if (!(cause instanceof QuantizerError)) throw cause;
    throw new QuantizeError(`${role}: ${cause.message}`, { cause });
  }
}

const defaultObservers: { readonly [S in Scheme]: RangeOption } = {
  uniform: 'minMax',
  apot: 'minMax',
  ternary: 'mse',
};

/** `weights` with the fields of `given`; another scheme brings its own defaults. */
export function mergeWeights(
  weights: Complete<WeightConfig>,
  given: Partial<WeightConfig> = {},
): Complete<WeightConfig> {
  const { scheme = weights.scheme } = given;
  if (scheme === weights.scheme) return merge(weights, given);
  const bits = scheme === 'ternary' ? 2 : weights.bits;
  const observer = defaultObservers[scheme];
  return merge<Complete<WeightConfig>>(
    { ...weights, scheme, bits, symmetric: true, observer },
    given,
  );
}

/** @throws QuantizeError for settings that the scheme does not have. */
export function checkScheme(role: string, weights: Complete<WeightConfig>): void {
  const { scheme, bits, symmetric, observer } = weights;
  const kind = typeof observer === 'string' ? observer : observer.kind;
  const known = { uniform: [kind], apot: ['minMax', 'mse'], ternary: ['mse'] }[scheme];
  if (scheme === 'ternary' && bits !== 2) {
    throw new QuantizeError(`${role}.bits is ${bits}: expected 2 with scheme ternary`);
  }
  if (scheme === 'apot' && !symmetric) {
    throw new QuantizeError(`${role}.symmetric is false: expected true with scheme apot`);
  }
  if (!known.includes(kind)) {
    const names = known.join(' or ');
    throw new QuantizeError(`${role}.observer is ${kind}: expected ${names} with scheme ${scheme}`);
  }
}

function checkWeights(role: string, weights: Partial<WeightConfig>): void {
  const { scheme, bits, granularity, groupSize, observer } = weights;
  if (scheme !== undefined && !Object.hasOwn(defaultObservers, scheme)) {
    const schemes = Object.keys(defaultObservers).join(', ');
    throw new QuantizeError(`${role}.scheme is ${scheme}: expected ${schemes}`);
  }
  if (bits !== undefined) checkWhole(`${role}.bits`, bits, 2, 8);
  if (groupSize !== undefined) checkWhole(`${role}.groupSize`, groupSize, 1, 2 ** 20);
  const known = ['perTensor', 'perChannel', 'perGroup'];
  if (granularity !== undefined && !known.includes(granularity)) {
    throw new QuantizeError(`${role}.granularity is ${granularity}: expected ${known.join(', ')}`);
  }
  if (observer !== undefined) checkRange(`${role}.observer`, observer);
}

/** `defaults` with those fields of `given` that are defined. */
function merge<T extends object>(
  defaults: T,
  given: { readonly [K in keyof T]?: T[K] | undefined } | undefined,
): T {
  const defined = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) };
}

/**
 * Fills defaults in and checks everything that can be checked without a graph.
 * @throws QuantizeError naming the field, its value and what was expected.
 */
export function resolveConfig(config: QuantizeConfig): ResolvedConfig {
  const { activations, overrides = {}, activationOps = integerOps } = config;
  if (!config.weights) throw new QuantizeError('weights are missing: expected { bits }');
  const weights = mergeWeights(
    {
      scheme: 'uniform',
      bits: 0 as Bits,
      granularity: 'perChannel',
      groupSize: 32,
      // Below 4 bits learned rounding makes use of every code, and it finds out which weights to clip.
      symmetric: !config.reconstruction || config.weights.bits >= 4,
      observer: config.reconstruction ? 'mse' : 'minMax',
    },
    config.weights,
  );
  checkWeights('weights', weights);
  checkScheme('weights', weights);
  if (activations) {
    checkWhole('activations.bits', activations.bits, 2, 8);
    checkRange('activations.observer', activations.observer ?? 'mse');
  }
  const ends = { weights: 8, activations: 8 } as const;
  const firstLayer = merge<Complete<FirstLayerBits>>({ ...ends, output: 8 }, config.firstLayer);
  const lastLayer = merge<Complete<LayerBits>>(ends, config.lastLayer);
  for (const [role, end] of Object.entries({ firstLayer, lastLayer })) {
    checkWhole(`${role}.weights`, end.weights, 2, 8);
    checkWhole(`${role}.activations`, end.activations, 2, 8);
  }
  checkWhole('firstLayer.output', firstLayer.output, 2, 8);
  for (const [pattern, override] of Object.entries(overrides)) {
    checkWeights(`overrides["${pattern}"].weights`, override.weights ?? {});
    const bits = override.activations?.bits;
    if (bits !== undefined) checkWhole(`overrides["${pattern}"].activations.bits`, bits, 2, 8);
  }
  for (const op of activationOps) {
    if (!integerOps.includes(op)) {
      throw new QuantizeError(`activationOps has ${op}: expected some of ${integerOps.join(', ')}`);
    }
  }
  const samples = config.samples ?? 256;
  checkWhole('samples', samples, 1, 2 ** 31);
  const reconstruction =
    config.reconstruction && resolveReconstruction(config.reconstruction, weights.bits);
  const biasCorrection = config.biasCorrection ?? (config.calibration && !reconstruction) ?? false;
  if (!config.calibration && (activations || biasCorrection || reconstruction)) {
    const purpose = activations
      ? 'activations'
      : reconstruction
        ? 'reconstruction'
        : 'bias correction';
    throw new QuantizeError(`calibration is missing: ${purpose} need batches of samples`);
  }
  const { memory = 2e9 } = config;
  checkWhole('memory', memory, 1, Number.MAX_SAFE_INTEGER);
  if (config.checkpoint && !reconstruction) {
    throw new QuantizeError('checkpoint is given without reconstruction: there is nothing to keep');
  }
  return {
    weights,
    activations:
      activations &&
      merge<Complete<ActivationConfig>>(
        { bits: 8, symmetric: false, observer: 'mse' },
        activations,
      ),
    firstLayer,
    lastLayer,
    keepFloat: config.keepFloat ?? [],
    overrides,
    activationOps: new Set(activationOps),
    samples,
    biasCorrection,
    reconstruction,
    memory,
    seed: config.seed ?? 0,
  };
}
