import type { LayerReport } from '@subbyte/quantize';
import type { QuantizeOutcome } from '../measure/quantize-file.ts';
import { table } from './table.ts';
import { bytesText, decibelText } from './units.ts';

const optional = (value: number | undefined, text: (value: number) => string): string =>
  value === undefined ? '' : text(value);

/** The width, and the scheme where it is not the usual one. */
const bitsText = (weights: LayerReport['weights']): string => {
  if (!weights) return '';
  return weights.scheme === 'uniform' ? `${weights.bits}` : `${weights.scheme} ${weights.bits}`;
};

const row = ({ name, op, weights, input, outputSqnr, reason = '' }: LayerReport): string[] => [
  name,
  op,
  bitsText(weights),
  optional(input?.bits, String),
  optional(weights?.sqnr, decibelText),
  optional(outputSqnr, decibelText),
  reason,
];

/** The layers, then what became of the file. */
export function quantizeText({ report, bytes, bytesBefore, seconds }: QuantizeOutcome): string {
  const { layers, totals } = report;
  const noise =
    totals.outputSqnr === undefined ? '' : `, output SQNR ${decibelText(totals.outputSqnr)}`;
  const sizes = `${bytesText(bytesBefore)} -> ${bytesText(bytes)} (${(bytesBefore / bytes).toFixed(2)}x smaller)`;
  return [
    table(
      [
        { title: 'layer' },
        { title: 'operation' },
        { title: 'W bits', align: 'right' },
        { title: 'A bits', align: 'right' },
        { title: 'W SQNR', align: 'right' },
        { title: 'out SQNR', align: 'right' },
        { title: 'float because' },
      ],
      layers.map(row),
    ),
    '',
    `${totals.quantizedLayers} layers quantized, ${sizes}${noise}, ${seconds.toFixed(1)} s`,
  ].join('\n');
}
