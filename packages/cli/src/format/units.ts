const scaled = (value: number, base: number, units: readonly string[]): string => {
  let power = 0;
  let rest = value;
  while (Math.abs(rest) >= base && power < units.length - 1) {
    rest /= base;
    power++;
  }
  const digits = power === 0 ? 0 : rest < 10 ? 2 : rest < 100 ? 1 : 0;
  return `${rest.toFixed(digits)}${units[power]}`;
};

/** `1.08 MB`: bytes in decimal units. */
export const bytesText = (bytes: number): string =>
  scaled(bytes, 1000, [' B', ' kB', ' MB', ' GB', ' TB']);

/** `40.8 M`: a count with a metric suffix. */
export const countText = (count: number): string =>
  scaled(count, 1000, ['', ' k', ' M', ' G', ' T']);

/** `12.3 ms` or `4.56 s`. */
export const durationText = (milliseconds: number): string =>
  milliseconds < 1000
    ? `${milliseconds.toPrecision(3)} ms`
    : `${(milliseconds / 1000).toFixed(milliseconds < 1e4 ? 2 : 1)} s`;

/** `31.4 dB`; equal signals have 150 dB by convention. */
export const decibelText = (decibel: number): string =>
  decibel >= 150 ? 'exact' : `${decibel.toFixed(1)} dB`;
