import { UsageError } from '../errors.ts';
import { didYouMean } from './nearest.ts';

const expected = (option: string, wanted: string, text: string): UsageError =>
  new UsageError(`--${option} is "${text}", expected ${wanted}`);

/**
 * The whole number that `text` spells.
 * @throws UsageError when it is none, or outside [`low`, `high`].
 */
export function integerOf(
  option: string,
  text: string,
  low: number,
  high: number = Number.MAX_SAFE_INTEGER,
): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  const range = high === Number.MAX_SAFE_INTEGER ? `from ${low} up` : `from ${low} to ${high}`;
  throw expected(option, `a whole number ${range}`, text);
}

/**
 * The number that `text` spells.
 * @throws UsageError when it is none, or outside [`low`, `high`].
 */
export function numberOf(option: string, text: string, low: number, high: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= low && value <= high) return value;
  throw expected(option, `a number from ${low} to ${high}`, text);
}

const byteUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * Bytes like `512MB`, `1.5 GiB` or `200000`.
 * @throws UsageError for anything else.
 */
export function bytesOf(option: string, text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) *([a-z]*)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (byteUnits[unit.toLowerCase()] ?? Number.NaN));
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw expected(option, 'bytes like 512MB, 1.5GB or 800MiB', text);
}

/**
 * One of `choices`.
 * @throws UsageError for another word, naming the nearest choice.
 */
export function choiceOf<Choice extends string>(
  option: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const hint = didYouMean(text, choices);
  throw new UsageError(`--${option} is "${text}", expected ${choices.join(' | ')}${hint}`);
}

/** The names in a list separated by commas. */
export function namesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * Numbers separated by commas.
 * @throws UsageError for anything else.
 */
export function numbersOf(option: string, text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.every(Number.isFinite)) return values;
  throw expected(option, 'numbers separated by commas, like 0.485,0.456,0.406', text);
}
