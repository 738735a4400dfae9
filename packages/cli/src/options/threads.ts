import { availableParallelism } from 'node:os';
import { integerOf } from './values.ts';

/** How many threads compute. */
export const threadsOption: { type: 'string'; valueHint: string; description: string } = {
  type: 'string',
  valueHint: 'N',
  description: 'The result does not depend on it (Default: one for each core)',
};

/**
 * The threads in a command line: one for each core, at most eight, when it has none.
 * @throws UsageError when it makes no sense.
 */
export const threadsOf = (text: string | undefined): number =>
  text === undefined ? Math.min(availableParallelism(), 8) : integerOf('threads', text, 1, 64);
