import type { ArgsDef, ParsedArgs } from 'citty';
import type { Terminal } from '../io/terminal.ts';

/** What a command works with besides its arguments. */
export interface Context {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** What was typed. */
  readonly commandLine: string;
}

/** What a command found out: text for people, data for `--json`. */
export interface Outcome {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Ctrl-C ended the work, and this is what was found until then. */
  readonly interrupted?: boolean;
}

/** One subcommand; its arguments typed by their definitions. */
export interface CommandOf<Arguments extends ArgsDef> {
  readonly description: string;
  readonly args: Arguments;
  /** `'many'`: the last operand may be repeated; all of them are in `args._`. */
  readonly operands?: 'many';
  /** Lines of `--help`, without `subbyte` and the command's name. */
  readonly examples: readonly string[];
  run(args: ParsedArgs<Arguments>, context: Context): Promise<Outcome>;
}

/** Any subcommand. */
export type Command = CommandOf<ArgsDef>;

/** Types the `args` of `run` by their definitions. */
export function defineCommand<const Arguments extends ArgsDef>(
  command: CommandOf<Arguments>,
): Command {
  return command as unknown as Command;
}
