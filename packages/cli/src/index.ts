export type { Engine, Session, Values } from './engines/engine.ts';
export { type EngineName, engineNames, engines } from './engines/index.ts';
export { CliError, UsageError } from './errors.ts';
export { proofText } from './format/proof-text.ts';
export { reportData } from './format/report-data.ts';
export { type Column, table } from './format/table.ts';
export { bytesText, countText, decibelText, durationText } from './format/units.ts';
export { useWasm } from './io/backend.ts';
export { readBytes, writeAtomically } from './io/files.ts';
export { type ModelFile, openModel } from './io/model-file.ts';
export { type ModelInput, modelInput } from './io/model-input.ts';
export { type OcrAssets, ocrAssets } from './io/ocr-assets.ts';
export { processTerminal, type Terminal } from './io/terminal.ts';
export { countOperations, type OperationCounts } from './measure/count-operations.ts';
export { type Difference, difference } from './measure/difference.ts';
export { type Evaluation, evaluate } from './measure/evaluate.ts';
export { type EngineProof, type Proof, prove } from './measure/prove.ts';
export {
  type QuantizeFileOptions,
  type QuantizeOutcome,
  quantizeFile,
} from './measure/quantize-file.ts';
export type { Score } from './measure/scorers.ts';
export { openSource } from './sources/index.ts';
export { type Batch, inputsOf, type Source, type SourceOptions } from './sources/source.ts';
export { withMirrored } from './sources/with-mirrored.ts';
