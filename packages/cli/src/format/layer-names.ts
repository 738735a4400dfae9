const longest = 36;

/** The end of `text` that fits into `width` characters, behind an ellipsis. */
const tail = (text: string, width: number): string =>
  text.length <= width ? text : `…${text.slice(text.length - width + 1)}`;

/** Names of layers in at most 36 characters: the first and the last, without what they share in front. */
export function layerNames(names: readonly string[]): string {
  const [first = '', last = ''] = [names[0], names.at(-1)];
  if (names.length < 2) return tail(first, longest);
  let shared = 0;
  while (shared < first.length && first[shared] === last[shared]) shared++;
  // Only whole parts of a name are left out.
  while (shared > 0 && !/[./:]/.test(first[shared - 1] ?? '')) shared--;
  const end = last.slice(shared);
  const rest = Math.max(8, longest - Math.min(end.length, 14) - 3);
  const between = names.length > 2 ? ' … ' : ', ';
  return `${tail(first, rest)}${between}${tail(end, 14)}`;
}
