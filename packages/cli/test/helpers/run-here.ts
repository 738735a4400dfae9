import { runCli } from '../../src/cli.ts';
import type { CliResult } from './run-cli.ts';

/**
 * Runs a command line in this process, which is quicker than starting one.
 * @param onProgress sees the progress; what it is given aborts as Ctrl-C does.
 */
export async function runHere(
  words: readonly string[],
  onProgress: (controller: AbortController, what: string, done: number) => void = () => {},
): Promise<CliResult> {
  const controller = new AbortController();
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const terminal = {
    print: (text: string) => void stdout.push(text),
    note: (text: string) => void stderr.push(text),
    progress: (what: string, done: number) => onProgress(controller, what, done),
  };
  const code = await runCli(words, { terminal, signal: controller.signal });
  return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') };
}
