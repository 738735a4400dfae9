/** How often values fell into each of `counts.length` equal bins between `min` and `max`. */
export interface ReportHistogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** Values and the quantization grid laid over them. */
export interface ReportRange {
  readonly bits: number;
  readonly histogram: ReportHistogram;
  /** The smallest and the largest value on the grid (of the widest grid, when there are several). */
  readonly gridMin: number;
  readonly gridMax: number;
  /** Number of values on the grid. Default `2 ** bits`. */
  readonly levels?: number | undefined;
}

/** The quantized weights of a layer. */
export interface ReportWeights extends ReportRange {
  /** Which levels they may have: `uniform` (default), `apot`, `ternary`. */
  readonly scheme?: string | undefined;
  /** dB. */
  readonly sqnr: number;
  /** Size when codes are packed, scales included. */
  readonly bytes: number;
  /** Number of grids: 1, or one for each channel or group. */
  readonly scales: number;
}

/** One layer; `LayerReport` of `@subbyte/quantize` is one. */
export interface ReportLayer {
  readonly name: string;
  readonly op: string;
  readonly shape?: readonly (number | string)[] | undefined;
  readonly parameters: number;
  readonly bytesBefore: number;
  /** Absent: the weights stayed float. */
  readonly weights?: ReportWeights | undefined;
  /** The values it reads; absent: they are float. */
  readonly input?: ReportRange | undefined;
  /** dB, quantized model against float. */
  readonly outputSqnr?: number | undefined;
  readonly milliseconds?: number | undefined;
  /** Why it, or its operands, stayed float. */
  readonly reason?: string | undefined;
}

/** What one engine makes of the exported model. */
export interface ReportEngine {
  readonly engine: string;
  readonly runs: boolean;
  /** Why it does not run. */
  readonly reason?: string | undefined;
  /** Agreement of its outputs with the quantized graph's, dB. */
  readonly sqnr?: number | undefined;
  /** Largest difference of an output. */
  readonly largest?: number | undefined;
  /** Largest output, to judge the largest difference by. */
  readonly range?: number | undefined;
  /** Time of a run. */
  readonly milliseconds?: number | undefined;
  /** Time of a run of the float model. */
  readonly millisecondsBefore?: number | undefined;
}

/** Where the exported model runs, and what onnxruntime makes of it. */
export interface ReportProof {
  /** Runs compared. */
  readonly samples: number;
  readonly engines: readonly ReportEngine[];
  readonly operations?:
    | {
        /** Nodes by operator after onnxruntime's optimization. */
        readonly operations: Readonly<Record<string, number>>;
        /** Nodes that compute on integers. */
        readonly integer: number;
        /** Convolutions and matrix products left in float. */
        readonly float: number;
      }
    | undefined;
}

/** How good the model is, by one measure. */
export interface ReportScore {
  /** `top-1`, `characters`, … */
  readonly name: string;
  /** Percent, of the float model. */
  readonly before?: number | undefined;
  /** Percent, of the quantized model. */
  readonly after: number;
  /** Number of samples. */
  readonly samples?: number | undefined;
}

/** A picture and what each model reads in it. */
export interface ReportSample {
  /** A `data:image/…;base64,` URL. */
  readonly picture: string;
  readonly expected: string;
  readonly readings: readonly { readonly model: string; readonly text: string }[];
}

/** A part of the network whose rounding was learned; `UnitReport` of `@subbyte/quantize` is one. */
export interface ReportUnit {
  /** `weights`, `steps`, `joint`, `network` */
  readonly pass: string;
  readonly layers: readonly string[];
  readonly lossBefore: number;
  readonly lossAfter: number;
  /** Whether what was learned is used. */
  readonly kept: boolean;
  /** Weights that are rounded to the other neighbour than the nearest, and how many there are. */
  readonly flips: number;
  readonly weights: number;
  /** Absent: not measured. */
  readonly seconds?: number | undefined;
}

/** Everything a report can show; what is absent is left out. */
export interface ReportData {
  /** Name of the model. */
  readonly model: string;
  /** One line below the name: `4-bit weights, 8-bit activations`. */
  readonly summary?: string | undefined;
  /** How it was made, in the order shown. */
  readonly recipe?: readonly { readonly label: string; readonly value: string }[] | undefined;
  /** Command that makes it again. */
  readonly command?: string | undefined;
  /** Sizes of the files, bytes. */
  readonly size?: { readonly before: number; readonly after: number } | undefined;
  readonly scores?: readonly ReportScore[] | undefined;
  /** Of the model's outputs on calibration data, dB. */
  readonly outputSqnr?: number | undefined;
  readonly proof?: ReportProof | undefined;
  readonly layers?: readonly ReportLayer[] | undefined;
  readonly units?: readonly ReportUnit[] | undefined;
  readonly samples?: readonly ReportSample[] | undefined;
}
