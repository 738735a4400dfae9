import type { ProfileRow } from '@subbyte/runtime';
import type { Tensor } from '@subbyte/tensor';
import type { ModelFile } from '../io/model-file.ts';

/** Tensors by name. */
export type Values = Readonly<Record<string, Tensor>>;

/** A loaded model. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Values): Promise<Values>;
  /** The time of each layer so far, from engines that can tell. */
  profile?(): readonly ProfileRow[];
  dispose(): Promise<void>;
}

/** Something that runs ONNX files. */
export interface Engine {
  readonly name: string;
  /**
   * Loads a model; `threads` 1 unless given.
   * @throws CliError when the engine is not installed or refuses the model.
   */
  load(model: ModelFile, options?: { readonly threads?: number }): Promise<Session>;
}
