import { stripVTControlCharacters } from 'node:util';

/** Where a command writes; the only console it knows. */
export interface Terminal {
  /** Result text, to standard output. */
  print(text: string): void;
  /** Remarks and errors, to standard error. */
  note(text: string): void;
  /** Shows how far long work is; nothing when standard error is no terminal. */
  progress(what: string, done: number, total: number | undefined): void;
}

const redrawEvery = 80;
const barWidth = 24;

function bar(done: number, total: number): string {
  const filled = Math.round((Math.min(done, total) / Math.max(total, 1)) * barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}`;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let shown = false;
  let drawnAt = 0;
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[2K');
    shown = false;
  };
  return {
    print: (text) => {
      clear();
      stdout.write(`${stdout.isTTY ? text : stripVTControlCharacters(text)}\n`);
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    progress: (what, done, total) => {
      if (!stderr.isTTY) return;
      const isLast = total !== undefined && done >= total;
      const now = performance.now();
      if (!isLast && now - drawnAt < redrawEvery) return;
      drawnAt = now;
      clear();
      if (isLast) return;
      const line = `${what} ${total === undefined ? done : bar(done, total)}`;
      // A line that wraps could not be cleared.
      stderr.write(line.slice(0, (stderr.columns || 80) - 1));
      shown = true;
    },
  };
}
