#!/usr/bin/env node
import { runCli } from './cli.ts';
import { processTerminal } from './io/terminal.ts';

const controller = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
  process.on(event, () => {
    // The second Ctrl-C does not wait for a kernel that is still computing.
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
}
// A reader that went away (`| head`) is no error of ours.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await runCli(process.argv.slice(2), {
  terminal: processTerminal(),
  signal: controller.signal,
});
