import type { EngineProof, Proof } from '../measure/prove.ts';
import { table } from './table.ts';
import { decibelText, durationText } from './units.ts';

function row(proof: EngineProof): string[] {
  const { engine, sqnr = Number.NaN, largest = Number.NaN, range = Number.NaN } = proof;
  if (!proof.runs) return [engine, `no: ${proof.reason}`];
  return [
    engine,
    'yes',
    decibelText(sqnr),
    `${largest.toPrecision(2)} of ${range.toPrecision(2)}`,
    durationText(proof.milliseconds ?? Number.NaN),
  ];
}

/** Where the file runs, how close it is to what was meant, and what onnxruntime makes of it. */
export function proofText({ engines, operations, samples }: Proof): string {
  const lines = [
    table(
      [
        { title: 'engine' },
        { title: 'runs' },
        { title: 'agreement', align: 'right' },
        { title: 'largest difference', align: 'right' },
        { title: 'a run', align: 'right' },
      ],
      engines.map(row),
    ),
  ];
  if (operations) {
    const counts = Object.entries(operations.operations).map(
      ([name, count]) => `${count} ${name.split('.').at(-1)}`,
    );
    lines.push(
      '',
      `onnxruntime-node computes ${operations.integer} operations on integers; ${operations.float} convolutions and products stay float`,
      `(${counts.join(', ')})`,
    );
  }
  return `${samples} runs of the reopened file against the quantized graph:\n${lines.join('\n')}`;
}
