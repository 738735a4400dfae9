import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the repository, with a slash at its end. */
export const root: string = fileURLToPath(new URL('..', import.meta.url));

/** The pinned package manager through npx, which every npm brings. */
export const pnpm: readonly string[] = [
  'npx',
  '--yes',
  (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { packageManager: string })
    .packageManager,
];

/** What a command left: its exit code and, when `capture` was on, its standard output. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a command in `cwd` (the root); its output goes to the terminal unless `capture`. */
export function run(
  [command = '', ...args]: readonly string[],
  options: { cwd?: string; capture?: boolean; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const { cwd = root, capture = false, env = {} } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
      shell: process.platform === 'win32' && command === 'npx',
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve({ code: 127, output: '' });
    });
    child.on('close', (code) =>
      resolve({ code: code ?? 130, output: Buffer.concat(chunks).toString() }),
    );
  });
}
