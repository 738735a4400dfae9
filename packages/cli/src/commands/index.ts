import { benchCommand } from './bench.ts';
import type { Command } from './command.ts';
import { compareCommand } from './compare.ts';
import { evalCommand } from './eval.ts';
import { inspectCommand } from './inspect.ts';
import { quantizeCommand } from './quantize.ts';
import { trainCommand } from './train.ts';

/** Name of a command. */
export type CommandName = 'inspect' | 'quantize' | 'eval' | 'compare' | 'bench' | 'train';

/** Every command by name. */
export const commands: { readonly [Name in CommandName]: Command } = {
  inspect: inspectCommand,
  quantize: quantizeCommand,
  eval: evalCommand,
  compare: compareCommand,
  bench: benchCommand,
  train: trainCommand,
};
