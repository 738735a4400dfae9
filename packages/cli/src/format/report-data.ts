import type { Recipe } from '@subbyte/quantize';
import type { ReportData } from '@subbyte/report';
import type { QuantizeOutcome } from '../measure/quantize-file.ts';
import { recipeText } from './recipe-text.ts';

const observerText = (observer: Recipe['weights']['observer']): string =>
  typeof observer === 'string' ? observer : JSON.stringify(observer);

const roundingText = (reconstruction: Recipe['reconstruction']): string =>
  reconstruction
    ? `${reconstruction.method}, ${reconstruction.iterations} iterations, batches of ${reconstruction.batchSize}`
    : 'nearest';

function recipeRows({ weights, activations, ...rest }: Recipe): ReportData['recipe'] {
  const rows: [string, string][] = [
    [
      'weights',
      `${weights.bits} bits, ${weights.scheme}, ${weights.granularity}, ${observerText(weights.observer)}`,
    ],
    [
      'activations',
      activations ? `${activations.bits} bits, ${observerText(activations.observer)}` : 'float',
    ],
    ['first layer', `${rest.firstLayer.weights} bits`],
    ['last layer', `${rest.lastLayer.weights} bits`],
    ['rounding', roundingText(rest.reconstruction)],
    ['bias correction', rest.biasCorrection ? 'yes' : 'no'],
    ['calibration samples', String(rest.samples)],
    ['seed', String(rest.seed)],
  ];
  if (rest.keepFloat.length > 0) rows.push(['kept float', rest.keepFloat.join(', ')]);
  return rows.map(([label, value]) => ({ label, value }));
}

/** What a report shows of a quantization. */
export function reportData(
  model: string,
  { report, units, proof, bytes, bytesBefore }: QuantizeOutcome,
): ReportData {
  return {
    model,
    summary: recipeText(report.recipe),
    recipe: recipeRows(report.recipe),
    size: { before: bytesBefore, after: bytes },
    outputSqnr: report.totals.outputSqnr,
    proof,
    layers: report.layers,
    units,
  };
}
