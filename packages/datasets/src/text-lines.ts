import type { Random } from '@subbyte/tensor';
import { words } from './words.ts';

type Phrase = (stream: Random) => string;

const pick = <T>(stream: Random, items: readonly T[]): T =>
  items[stream.integer(items.length)] as T;
const digits = (stream: Random, count: number): string =>
  Array.from({ length: count }, () => stream.integer(10)).join('');

const word: Phrase = (stream) => {
  const lower = pick(stream, words);
  const style = stream.integer(8);
  if (style === 0) return lower.toUpperCase();
  return style <= 2 ? lower.charAt(0).toUpperCase() + lower.slice(1) : lower;
};
const price: Phrase = (stream) => {
  const amount = `${1 + stream.integer(10 ** (1 + stream.integer(3)))}.${digits(stream, 2)}`;
  return pick(stream, [`$${amount}`, amount, `${amount} USD`]);
};
const date: Phrase = (stream) => {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${1990 + stream.integer(40)}-${two(1 + stream.integer(12))}-${two(1 + stream.integer(28))}`;
};
const code: Phrase = (stream) =>
  `${pick(stream, ['A', 'B', 'C', 'K', 'M', 'T', 'X'])}${digits(stream, 2)}-${digits(stream, 4)}`;
const share: Phrase = (stream) => `${1 + stream.integer(99)}%`;

/** What follows the words of a line, the empty ones most often. */
const endings: readonly (Phrase | undefined)[] = [
  undefined,
  undefined,
  undefined,
  undefined,
  price,
  price,
  price,
  date,
  code,
  share,
];

/** A made-up line such as `Coffee table $12.50`: one to three words, often a price, date or code. */
export function textLine(stream: Random): string {
  const count = 1 + stream.integer(3);
  const parts = Array.from({ length: count }, () => word(stream));
  const ending = pick(stream, endings);
  if (ending) parts.push(ending(stream));
  return parts.join(' ');
}
