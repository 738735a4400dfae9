// npm run bench:page [-- --port 4180] -- the benchmarks in a browser of yours, served by this machine.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serve } from 'browser/serve';
import { bundlePage } from './bundle-page.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4180' } } });
const port = Number(values.port);
if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
  console.error(`--port is "${values.port}", expected a whole number from 0 to 65535`);
  process.exit(2);
}
const folder = fileURLToPath(new URL('../../../out/bench-page/', import.meta.url));
console.log('Bundling …');
await bundlePage(folder);
const server = await serve(folder, port).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(`port ${port} is taken; say another: npm run bench:page -- --port 4181`);
  process.exit(2);
});
console.log(`
${server.origin}/isolated/  with cross-origin isolation: threads
${server.origin}/plain/     without: one thread

The files are in out/bench-page. Ctrl-C ends it.`);
