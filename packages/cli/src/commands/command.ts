import type { ArgsDef, ParsedArgs } from 'citty';
import type { Terminal } from '../io/terminal.ts';

/** What a command works with besides its arguments. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a command found out: text for people, data for `--json`. */
export interface Outcome {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One subcommand. */
export interface Command<Arguments extends ArgsDef = ArgsDef> {
  readonly description: string;
  readonly args: Arguments;
  /** Lines of `--help`, without the leading `subbyte`. */
  readonly examples: readonly string[];
  run(args: ParsedArgs<Arguments>, context: Context): Promise<Outcome>;
}

/** Types `args` of a command by its definitions. */
export function defineCommand<const Arguments extends ArgsDef>(
  command: Command<Arguments>,
): Command<Arguments> {
  return command;
}
