import type { ProfileRow } from '@subbyte/runtime';
import type { FeedShape } from 'subbyte/bench';
import type { ContestantName } from './contestants.ts';
import type { NetworkName } from './network-names.ts';

/** Where the model comes from: made in the page, or a file of the visitor's. */
export type ModelSource =
  | { readonly kind: 'network'; readonly name: NetworkName }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array };

/** What the visitor wants measured. */
export interface RaceRequest {
  readonly source: ModelSource;
  readonly contestants: readonly ContestantName[];
  readonly threads: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly batch: number;
  /** Shapes of inputs that the model leaves open. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** What one contestant took, milliseconds. */
export interface RaceEntry {
  readonly id: ContestantName;
  readonly times: readonly number[];
  readonly median: number;
  readonly least: number;
  /** Its time by that of onnxruntime-web's contestants, medians within rounds. */
  readonly ratios: Partial<Readonly<Record<ContestantName, number>>>;
  /** Bytes of the model it was given, as an ONNX file. */
  readonly bytes: number;
  /** Outputs against those of onnxruntime-web on the same model, dB (150: equal); ours alone. */
  readonly agreement?: number | undefined;
  readonly layers?: readonly ProfileRow[] | undefined;
}

/** What a race found; the download of the page is this as JSON. */
export interface RaceResult {
  readonly version: 1;
  readonly model: string;
  /** The model came quantized and was run as it is. */
  readonly asIs: boolean;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly browser: string;
  readonly cores: number;
  readonly isolated: boolean;
  readonly threads: { readonly subbyte: number; readonly onnxruntimeWeb: number };
  readonly rounds: number;
  readonly interrupted: boolean;
  readonly entries: readonly RaceEntry[];
}

/** To the worker. */
export type Order =
  | { readonly kind: 'look'; readonly source: ModelSource }
  | { readonly kind: 'race'; readonly request: RaceRequest }
  | { readonly kind: 'stop' };

/** From the worker. */
export type Answer =
  | { readonly kind: 'seen'; readonly inputs: readonly FeedShape[]; readonly asIs: boolean }
  /** `done` of `total`; without a total nobody knows. */
  | {
      readonly kind: 'progress';
      readonly text: string;
      readonly done: number;
      readonly total?: number;
    }
  | { readonly kind: 'result'; readonly result: RaceResult }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };
