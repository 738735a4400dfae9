/** `12.3 ms`, with three digits that count. */
export const milliseconds = (value: number): string =>
  `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)}\u00a0ms`;

/** `3.2 ×`: how many times as fast, from a ratio of times. */
export const speed = (ratio: number): string => {
  const times = 1 / ratio;
  return `${times >= 10 ? times.toFixed(0) : times >= 1 ? times.toFixed(1) : times.toFixed(2)}\u00a0×`;
};

/** `6.1 MB` */
export const bytes = (count: number): string =>
  count < 1e6 ? `${Math.round(count / 1e3)} kB` : `${(count / 1e6).toFixed(1)} MB`;

/** `54 dB`; equal signals have 150 dB by convention. */
export const decibel = (value: number): string =>
  value >= 150 ? 'equal' : `${value.toFixed(0)} dB`;
