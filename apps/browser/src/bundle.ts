import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions, type Plugin } from 'vite';
import { BrowserError } from './errors.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The root of the repository, with a slash at its end. */
export const root: string = here('../../../');

const entry = 'virtual:browser-tests';

/** The module that a page starts with: it runs the file that its address names. */
function entryOf(files: readonly string[]): string {
  const path = (file: string): string => JSON.stringify(root + file);
  const loads = files.map((file) => `[${JSON.stringify(file)}, () => import(${path(file)})],`);
  return `
import ${path('tooling/test-setup.ts')};
import { runFile } from ${JSON.stringify(here('page/run-file.ts'))};
const files = new Map([
${loads.join('\n')}
]);
// Not awaited: shared code lies in this chunk, so those of the files wait for its end.
runFile(files.get(new URLSearchParams(location.search).get('file')), globalThis.report);
`;
}

const plugin = (files: readonly string[]): Plugin => ({
  name: 'subbyte:browser-tests',
  enforce: 'pre',
  resolveId: (id, importer) => {
    if (id === entry) return `\0${entry}`;
    if (!id.startsWith('node:')) return undefined;
    throw new BrowserError(
      `${importer?.replace(root, '')} imports ${id}: what runs in a page must do without Node`,
    );
  },
  load: (id) => (id === `\0${entry}` ? entryOf(files) : undefined),
});

const page =
  '<!doctype html><meta charset="utf-8"><title>tests</title><script type="module" src="entry.js"></script>';

/** Bundles test files from the sources into `folder`, with a page that runs the one its address names. */
export async function bundleTests(files: readonly string[], folder: string): Promise<void> {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: {
      conditions: ['@subbyte/source', ...defaultClientConditions],
      alias: [{ find: /^vitest$/, replacement: here('page/vitest.ts') }],
    },
    define: {
      'process.env.FAST_CHECK_SEED': JSON.stringify(process.env.FAST_CHECK_SEED ?? null),
    },
    plugins: [plugin(files)],
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      minify: false,
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
      // The packages say that their modules have no side effects; declaring tests is one.
      rolldownOptions: { input: entry, treeshake: false, output: { entryFileNames: 'entry.js' } },
    },
  });
  await writeFile(join(folder, 'index.html'), page);
}
