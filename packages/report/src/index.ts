export { ReportError } from './errors.ts';
export { renderReport } from './render-report.ts';
export type {
  ReportData,
  ReportEngine,
  ReportHistogram,
  ReportLayer,
  ReportProof,
  ReportRange,
  ReportSample,
  ReportScore,
  ReportUnit,
  ReportWeights,
} from './types.ts';
