import type { ArgsDef } from 'citty';
import { UsageError } from '../errors.ts';
import { didYouMean } from './nearest.ts';

interface Option {
  readonly takesValue: boolean;
}

function optionsOf(definitions: ArgsDef): Map<string, Option> {
  const options = new Map<string, Option>();
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.type === 'positional') continue;
    const takesValue = definition.type !== 'boolean';
    options.set(`--${name}`, { takesValue });
    if (!takesValue) options.set(`--no-${name}`, { takesValue });
    const aliases = 'alias' in definition ? definition.alias : undefined;
    for (const alias of aliases === undefined ? [] : [aliases].flat()) {
      options.set(`-${alias}`, { takesValue });
    }
  }
  return options;
}

/**
 * Checks a command line against the options of a command. citty itself ignores what it does not know.
 * @throws UsageError for an unknown option (naming the nearest), a missing or needless value, an
 * option given twice, and operands beyond those defined unless there may be `'many'`.
 */
export function checkArguments(
  words: readonly string[],
  definitions: ArgsDef,
  operandsAllowed?: 'many',
): void {
  const options = optionsOf(definitions);
  const operandLimit = Object.values(definitions).filter(
    ({ type }) => type === 'positional',
  ).length;
  const seen = new Set<string>();
  let operands = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!word.startsWith('-') || word === '-') {
      if (++operands > operandLimit && operandsAllowed !== 'many')
        throw new UsageError(`"${word}" is one operand too many`);
      continue;
    }
    const [name = '', ...rest] = word.startsWith('--') ? word.split('=') : [word];
    const option = options.get(name);
    if (!option) {
      throw new UsageError(`unknown option ${name}${didYouMean(name, [...options.keys()])}`);
    }
    if (seen.has(name)) throw new UsageError(`${name} is given twice`);
    seen.add(name);
    const value = rest.length > 0 ? rest.join('=') : undefined;
    if (!option.takesValue && value !== undefined) {
      throw new UsageError(`${name} takes no value, got "${value}"`);
    }
    if (!option.takesValue || value !== undefined) {
      if (value === '') throw new UsageError(`${name} needs a value`);
      continue;
    }
    const next = words[++i];
    // A number may begin with a minus sign; everything else that does is the next option.
    if (next === undefined || (next.startsWith('-') && !/^-[\d.]/.test(next))) {
      throw new UsageError(`${name} needs a value`);
    }
  }
}
