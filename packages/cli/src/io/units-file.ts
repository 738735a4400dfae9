import { CliError } from '../errors.ts';
import { readBytes } from './files.ts';

/**
 * Units of reconstruction from a JSON file: lists of layer names, or an object with them as `units`.
 * @throws CliError for files that cannot be read and for anything else in them.
 */
export async function readUnits(path: string): Promise<string[][]> {
  const bytes = await readBytes(path);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new CliError(`${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
  const isObject = typeof content === 'object' && content !== null && 'units' in content;
  const units = isObject ? (content as { readonly units: unknown }).units : content;
  const isNames = (unit: unknown): unit is string[] =>
    Array.isArray(unit) && unit.length > 0 && unit.every((name) => typeof name === 'string');
  if (Array.isArray(units) && units.length > 0 && units.every(isNames)) return units;
  throw new CliError(
    `${path} has no units: expected lists of layer names, [["conv1"], ["conv2", "conv3"]], or what inspect --json prints`,
  );
}
