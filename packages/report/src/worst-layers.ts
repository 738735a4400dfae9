import type { ReportLayer } from './types.ts';

/** What a layer is judged by: dB of its result, of its weights when that was not measured. */
export const qualityOf = (layer: ReportLayer): number | undefined =>
  layer.outputSqnr ?? layer.weights?.sqnr;

const most = 3;

/**
 * The places of the quantized layers that lose most, worst first: at most three, and at most a
 * quarter of the layers, so that "worst" keeps a meaning.
 */
export function worstLayers(layers: readonly ReportLayer[]): number[] {
  const judged = layers.flatMap((layer, place) => {
    const quality = qualityOf(layer);
    return layer.weights && quality !== undefined ? [{ place, quality }] : [];
  });
  judged.sort((a, b) => a.quality - b.quality || a.place - b.place);
  return judged.slice(0, Math.min(most, Math.ceil(judged.length / 4))).map(({ place }) => place);
}
