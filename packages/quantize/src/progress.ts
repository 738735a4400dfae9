import type { UnitProgress } from '@subbyte/reconstruct';

/** What `quantize` is doing; `done` of `total` units of the stage (0: not known). */
export interface ProgressEvent {
  readonly stage: 'calibrate' | 'weights' | 'reconstruct' | 'bias' | 'measure';
  readonly done: number;
  readonly total: number;
  /**
   * How much of all reconstruction is done, from 0 to 1, with updates counted by the
   * multiply-accumulates of their units: elapsed time grows with it.
   */
  readonly share?: number | undefined;
  /** What is being reconstructed; units that a checkpoint has are passed over in silence. */
  readonly unit?: UnitProgress | undefined;
  /** The loss of its last batch; `undefined` before the first update. */
  readonly loss?: number | undefined;
}
