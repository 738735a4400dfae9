function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let power = 0;
  while (Math.abs(rest) >= 999.5 && power < units.length - 1) {
    rest /= 1000;
    power++;
  }
  const digits = power === 0 ? 0 : rest < 9.995 ? 2 : rest < 99.95 ? 1 : 0;
  return `${rest.toFixed(digits)}\u202f${units[power]}`.trimEnd();
}

/** `1.08 MB`, decimal units. */
export const bytesText = (bytes: number): string => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']);

/** `40.8 M`. */
export const countText = (count: number): string => scaled(count, ['', 'k', 'M', 'G', 'T']);

/** `31.4`, decibels without their unit; `exact` where nothing differs. */
export const decibelText = (decibel: number): string =>
  decibel >= 150 ? 'exact' : decibel.toFixed(1);

/** `4.31`, milliseconds without their unit. */
export const millisecondsText = (value: number): string =>
  value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** A number in three significant digits, without an exponent where that is short. */
export function numberText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e-3 && size < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
  return text.replace('-', '−').replace('e−', 'e-').replace('e+', 'e');
}

/** `text` as one word of a POSIX shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
