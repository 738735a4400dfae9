import { readFileSync } from 'node:fs';
import { type ArgsDef, parseArgs, renderUsage } from 'citty';
import type { Command, Context } from './commands/command.ts';
import { type CommandName, commands } from './commands/index.ts';
import { CliError, isTyped, UsageError } from './errors.ts';
import { checkArguments } from './options/check-arguments.ts';
import { didYouMean } from './options/nearest.ts';

/** What the process gives a command line. */
type Surroundings = Omit<Context, 'commandLine'>;

/** Exit codes: the work was done; it failed; the command line makes no sense; Ctrl-C. */
const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const commonOptions = {
  json: { type: 'boolean', description: 'Print one JSON object as the last line' },
  debug: { type: 'boolean', description: 'Print the stack of an error' },
} as const satisfies ArgsDef;

const manifest = (): { readonly version: string; readonly description: string } =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const commandOf = (name: string): Command | undefined =>
  Object.hasOwn(commands, name) ? commands[name as CommandName] : undefined;

async function helpOf(name: string | undefined): Promise<string> {
  const { version, description } = manifest();
  const main = {
    meta: { name: 'subbyte', version, description },
    subCommands: Object.fromEntries(
      Object.entries(commands).map(([key, command]) => [
        key,
        { meta: { name: key, description: command.description } },
      ]),
    ),
  };
  const command = name === undefined ? undefined : commandOf(name);
  if (name === undefined || !command) return await renderUsage(main);
  const usage = await renderUsage(
    {
      meta: { name, version, description: command.description },
      args: { ...command.args, ...commonOptions },
    },
    main,
  );
  const examples = command.examples.map((example) => `  subbyte ${name} ${example}`);
  const text = `${usage}\nEXAMPLES\n\n${examples.join('\n')}`;
  return text.replace(/ +$/gm, '');
}

function explain(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack}` : '';
  if (isTyped(error)) return `subbyte: ${message}${stack}`;
  const hint = debug ? '' : ' (not a typed error: run with --debug and report it)';
  return `subbyte: ${message}${hint}${stack}`;
}

async function runCommand(
  words: readonly string[],
  { terminal, signal }: Surroundings,
): Promise<number> {
  const print = (text: string): number => {
    terminal.print(text);
    return exitCodes.done;
  };
  const [name = '--help', ...rest] = words;
  if (name === '--version' || name === '-v') return print(manifest().version);
  if (name === '--help' || name === '-h') return print(await helpOf(undefined));
  const command = commandOf(name);
  if (!command) {
    const hint = didYouMean(name, Object.keys(commands));
    throw new UsageError(`unknown command "${name}"${hint} (subbyte --help lists them)`);
  }
  if (rest.includes('--help') || rest.includes('-h')) return print(await helpOf(name));
  const definitions = { ...command.args, ...commonOptions };
  checkArguments(rest, definitions, command.operands);
  let args: ReturnType<typeof parseArgs>;
  try {
    args = parseArgs([...rest], definitions);
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (subbyte ${name} --help)`);
  }
  const { text, data, interrupted } = await command.run(args, {
    terminal,
    signal,
    commandLine: ['subbyte', ...words].join(' '),
  });
  terminal.print(args.json ? JSON.stringify(data) : text);
  return interrupted ? exitCodes.interrupted : exitCodes.done;
}

/** Runs one command line and says how it ended; prints everything itself. */
export async function runCli(words: readonly string[], context: Surroundings): Promise<number> {
  try {
    return await runCommand(words, context);
  } catch (error) {
    if (context.signal.aborted) {
      const kept = error instanceof CliError ? error.message : 'interrupted; nothing was written';
      context.terminal.note(`subbyte: ${kept}`);
      return exitCodes.interrupted;
    }
    context.terminal.note(explain(error, words.includes('--debug')));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}
