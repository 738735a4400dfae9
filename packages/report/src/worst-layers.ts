import type { ReportLayer } from './types.ts';

/** A layer that adds noise: where it stands and the dB before and after it. */
export interface WorstLayer {
  readonly place: number;
  readonly layer: ReportLayer;
  /** dB of the result measured before it; absent when none was. */
  readonly before?: number | undefined;
  /** dB of its result; of its weights when that was not measured. */
  readonly after: number;
}

const most = 3;
const noiseOf = (decibel: number): number => 10 ** (-decibel / 10);

/**
 * The quantized layers that add most noise, worst first: at most three, and at most a quarter of
 * them, so that "worst" keeps a meaning. The noise of a result contains that of all layers before,
 * so what counts is how much the noise to signal ratio grows from the measured layer before it:
 * exact in a chain, a good guess where branches run side by side.
 */
export function worstLayers(layers: readonly ReportLayer[]): WorstLayer[] {
  const judged: (WorstLayer & { readonly added: number })[] = [];
  let before: number | undefined;
  for (const [place, layer] of layers.entries()) {
    const { outputSqnr, weights } = layer;
    const after = outputSqnr ?? weights?.sqnr;
    if (weights && after !== undefined) {
      const carried = outputSqnr === undefined || before === undefined ? 0 : noiseOf(before);
      const known = outputSqnr === undefined ? undefined : before;
      judged.push({ place, layer, before: known, after, added: noiseOf(after) - carried });
    }
    before = outputSqnr ?? before;
  }
  const count = Math.min(most, Math.ceil(judged.length / 4));
  return judged
    .filter(({ added }) => added > 0)
    .sort((a, b) => b.added - a.added || a.place - b.place)
    .slice(0, count);
}
