import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** What a run of the command left. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The last line of standard output as JSON. */
export function lastJson<Data = Record<string, unknown>>({ stdout }: CliResult): Data {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Data;
}

/** Starts the real command from its sources. */
export function startCli(words: readonly string[], cwd?: string): ChildProcess {
  const conditions = '--conditions=@subbyte/source';
  return spawn(process.execPath, [conditions, main, ...words], { cwd, stdio: 'pipe' });
}

/** What `CliResult.code` is for a command that a signal ended. */
export const killed = -1;

/** Waits for a started command. */
export function finished(child: ChildProcess): Promise<CliResult> {
  const streams = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    streams.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    streams.stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? killed, ...streams }));
  });
}

/** Runs the real command from its sources to its end. */
export function runCli(words: readonly string[], cwd?: string): Promise<CliResult> {
  return finished(startCli(words, cwd));
}
