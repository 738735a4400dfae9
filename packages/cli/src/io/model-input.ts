import type { Dimension } from '@subbyte/graph';
import { decodeModel } from '@subbyte/onnx-proto';
import { CliError } from '../errors.ts';
import type { ModelFile } from './model-file.ts';

/** The input that samples are fed to. */
export interface ModelInput {
  readonly name: string;
  /** Sizes, and names of those the model leaves open. */
  readonly shape: readonly Dimension[];
}

/**
 * The one input of a model, read from the file alone so that every engine agrees on it.
 * @throws CliError when there is none, or more than one.
 */
export function modelInput({ path, bytes }: ModelFile): ModelInput {
  const graph = decodeModel(bytes).graph;
  const constants = new Set((graph?.initializer ?? []).map(({ name }) => name));
  const inputs = (graph?.input ?? []).filter(({ name }) => !constants.has(name));
  const [input] = inputs;
  if (!input?.name || inputs.length > 1) {
    const names = inputs.map(({ name }) => name).join(', ') || 'none';
    throw new CliError(
      `${path} has the inputs ${names}; data sources feed models with exactly one`,
    );
  }
  const dimensions = input.type?.tensorType?.shape?.dim ?? [];
  return {
    name: input.name,
    shape: dimensions.map(({ dimValue, dimParam }, axis) =>
      dimValue !== undefined && dimValue > 0 ? dimValue : dimParam || `axis${axis}`,
    ),
  };
}
