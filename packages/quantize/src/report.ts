import { tritBytes } from '@subbyte/bitpack';
import type { Graph } from '@subbyte/graph';
import {
  addToHistogram,
  codeRange,
  type Granularity,
  type HistogramSummary,
  newHistogram,
  type Observer,
  type Quantizer,
  type RangeOption,
  type Scheme,
  summarizeHistogram,
  type UniformQuantizer,
} from '@subbyte/quantizers';
import type { ResolvedReconstruction, UnitReport } from '@subbyte/reconstruct';
import { asFloat32, bytesPerElement, type Tensor } from '@subbyte/tensor';
import type { ResolvedConfig } from './config.ts';
import { weightedOps } from './layers.ts';
import type { Plan, PlannedLayer } from './plan.ts';
import { gridReach, type WeightGrid } from './weights.ts';

/** A histogram and the range its grid covers. */
export interface RangeReport {
  readonly histogram: HistogramSummary;
  readonly gridMin: number;
  readonly gridMax: number;
  /** Number of values on the grid. */
  readonly levels?: number | undefined;
}

/** The quantized weights of a layer. */
export interface WeightReport extends RangeReport {
  readonly scheme: Scheme;
  readonly bits: number;
  readonly granularity: Granularity;
  readonly scales: number;
  /** dB. */
  readonly sqnr: number;
  /** With codes packed densely (ternary ones five to a byte), and 4 bytes per scale and offset. */
  readonly bytes: number;
}

/** A quantized value. */
export interface ActivationReport extends RangeReport {
  readonly value: string;
  readonly bits: number;
  readonly signed: boolean;
  readonly scale: number;
  readonly zeroPoint: number;
}

/** One layer of the report. */
export interface LayerReport {
  readonly name: string;
  readonly op: string;
  /** Number of weights, bias included. */
  readonly parameters: number;
  readonly bytesBefore: number;
  /** Absent: the weights stayed float. */
  readonly weights?: WeightReport | undefined;
  /** The grid of the values it reads; absent: they are float. */
  readonly input?: ActivationReport | undefined;
  /** dB of its result on calibration data, quantized model against float; absent: not measured. */
  readonly outputSqnr?: number | undefined;
  /** Largest change of a bias by bias correction. */
  readonly biasCorrection?: number | undefined;
  /** Why it, or its operands, stayed float. */
  readonly reason?: string | undefined;
}

/** How a model was quantized, short enough to travel with it. */
export interface Recipe {
  readonly weights: {
    readonly scheme: Scheme;
    readonly bits: number;
    readonly granularity: string;
    readonly observer: RangeOption;
  };
  readonly activations?: { readonly bits: number; readonly observer: RangeOption } | undefined;
  readonly firstLayer: { readonly weights: number; readonly activations: number };
  readonly lastLayer: { readonly weights: number; readonly activations: number };
  readonly keepFloat: readonly string[];
  readonly biasCorrection: boolean;
  readonly reconstruction?: ResolvedReconstruction | undefined;
  readonly samples: number;
  readonly seed: number;
}

/** What `quantize` did: plain data, survives JSON. */
export interface QuantizeReport {
  readonly version: 1;
  readonly recipe: Recipe;
  readonly layers: readonly LayerReport[];
  /** All quantized values. */
  readonly activations: readonly ActivationReport[];
  /** Units whose rounding was learned, in order. */
  readonly units: readonly UnitReport[];
  /** Bytes that their samples may have taken. */
  readonly memory: number;
  readonly totals: {
    readonly layers: number;
    readonly quantizedLayers: number;
    readonly parameters: number;
    /** All constants, as float. */
    readonly bytesBefore: number;
    /** The same with quantized weights packed densely. */
    readonly bytesAfter: number;
    /** dB of the model's outputs on calibration data, the worst of them. */
    readonly outputSqnr?: number | undefined;
  };
}

const histogramBins = 96;

/** The configuration as a recipe. */
function recipeOf(config: ResolvedConfig, samples: number): Recipe {
  const { weights, activations } = config;
  return {
    weights: {
      scheme: weights.scheme,
      bits: weights.bits,
      granularity:
        weights.granularity === 'perGroup' ? `perGroup(${weights.groupSize})` : weights.granularity,
      observer: weights.observer,
    },
    ...(activations && {
      activations: { bits: activations.bits, observer: activations.observer },
    }),
    firstLayer: config.firstLayer,
    lastLayer: config.lastLayer,
    keepFloat: config.keepFloat,
    biasCorrection: config.biasCorrection,
    reconstruction: config.reconstruction,
    samples,
    seed: config.seed,
  };
}

const bytesOf = (value: Tensor): number => value.size * bytesPerElement(value.dtype);

function rangeReport(histogram: HistogramSummary, quantizer: Quantizer): RangeReport {
  const { min, max } = gridReach(quantizer);
  const range = { histogram, gridMin: min, gridMax: max };
  if (quantizer.scheme !== 'uniform') return range;
  const codes = codeRange(quantizer);
  return { ...range, levels: codes.max - codes.min + 1 };
}

/** Bytes of `count` packed codes with their scales and offsets. */
function packedBytes(count: number, quantizer: Quantizer): number {
  const { scheme, bits, scale } = quantizer;
  if (scheme !== 'ternary') return Math.ceil((count * bits) / 8) + 4 * scale.length;
  const offsets = quantizer.offset.some((offset) => offset !== 0) ? scale.length : 0;
  return tritBytes(count) + 4 * (scale.length + offsets);
}

function weightReport(value: Tensor, { quantizer, sqnr }: WeightGrid): WeightReport {
  const histogram = newHistogram(1024);
  addToHistogram(histogram, asFloat32(value));
  return {
    scheme: quantizer.scheme,
    bits: quantizer.bits,
    granularity: quantizer.granularity,
    scales: quantizer.scale.length,
    sqnr,
    bytes: packedBytes(value.size, quantizer),
    ...rangeReport(summarizeHistogram(histogram, histogramBins), quantizer),
  };
}

function activationReport(
  value: string,
  quantizer: UniformQuantizer,
  observer: Observer,
): ActivationReport {
  return {
    value,
    bits: quantizer.bits,
    signed: quantizer.signed,
    scale: quantizer.scale[0] as number,
    zeroPoint: quantizer.zeroPoint[0] as number,
    ...rangeReport(summarizeHistogram(observer.histogram, histogramBins), quantizer),
  };
}

/** Everything that was found out about one quantized model. */
export interface Findings {
  /** The simplified float graph. */
  readonly graph: Graph;
  readonly config: ResolvedConfig;
  readonly plan: Plan;
  /** By layer name. */
  readonly weights: ReadonlyMap<string, WeightGrid>;
  /** By observed value. */
  readonly activations: ReadonlyMap<string, UniformQuantizer>;
  readonly observers: ReadonlyMap<string, Observer>;
  readonly corrections: ReadonlyMap<string, number>;
  /** dB by value name. */
  readonly sqnrs: ReadonlyMap<string, number>;
  /** dB of the worst output. */
  readonly outputSqnr: number | undefined;
  readonly samples: number;
  readonly units: readonly UnitReport[];
}

/** Puts the findings together. */
export function makeReport(findings: Findings): QuantizeReport {
  const { graph, config, plan, weights } = findings;
  const activations = plan.sites.map(({ value }) =>
    activationReport(
      value,
      findings.activations.get(value) as UniformQuantizer,
      findings.observers.get(value) as Observer,
    ),
  );
  const byMember = new Map(
    plan.sites.flatMap(({ members }, i) => members.map((name) => [name, activations[i]] as const)),
  );
  const planned = new Map<string, PlannedLayer>(
    plan.layers.map((layer) => [layer.node.name, layer]),
  );
  let saved = 0;
  const counted = new Set<string>();
  const layers = graph.nodes.flatMap((node): LayerReport[] => {
    const layer = planned.get(node.name);
    if (!layer && !weightedOps.has(node.op) && !plan.reasons.has(node.name)) return [];
    const own = node.inputs.flatMap((name, i) => (i > 0 ? (graph.constants.get(name) ?? []) : []));
    const grid = weights.get(node.name);
    const value = layer && graph.constants.get(layer.weight);
    const report = grid && value && weightReport(value, grid);
    if (report && value && !counted.has(layer.weight)) saved += bytesOf(value) - report.bytes;
    if (layer) counted.add(layer.weight);
    const result = node.outputs[0] as string;
    return [
      {
        name: node.name,
        op: node.op,
        parameters: own.reduce((sum, { size }) => sum + size, 0),
        bytesBefore: own.reduce((sum, tensor) => sum + bytesOf(tensor), 0),
        weights: report,
        input: byMember.get(node.inputs[0] as string),
        outputSqnr: findings.sqnrs.get(result),
        biasCorrection: findings.corrections.get(node.name),
        reason: plan.reasons.get(node.name),
      },
    ];
  });
  const constants = [...graph.constants.values()];
  const bytesBefore = constants.reduce((sum, value) => sum + bytesOf(value), 0);
  return {
    version: 1,
    recipe: recipeOf(config, findings.samples),
    layers,
    activations,
    units: findings.units,
    memory: config.memory,
    totals: {
      layers: layers.length,
      quantizedLayers: weights.size,
      parameters: constants.reduce((sum, { size }) => sum + size, 0),
      bytesBefore,
      bytesAfter: bytesBefore - saved,
      outputSqnr: findings.outputSqnr,
    },
  };
}

/** What goes into the model's metadata: the recipe and one line per layer. */
export function metadataOf(report: QuantizeReport): Record<string, string> {
  const round = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : Math.round(value * 10) / 10;
  const layers = report.layers.map(({ name, weights, input, outputSqnr }) => ({
    name,
    weightScheme: weights?.scheme,
    weightBits: weights?.bits,
    activationBits: input?.bits,
    weightSqnr: round(weights?.sqnr),
    outputSqnr: round(outputSqnr),
  }));
  const outputSqnr = round(report.totals.outputSqnr);
  return {
    'subbyte.recipe': JSON.stringify(report.recipe),
    'subbyte.report': JSON.stringify({ outputSqnr, layers }),
  };
}
