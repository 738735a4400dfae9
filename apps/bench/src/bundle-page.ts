import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the page of benchmarks from the sources into `folder`: files that any server can serve. */
export async function bundlePage(folder: string): Promise<void> {
  await build({
    root: here('page'),
    base: './',
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: {
      conditions: [
        '@subbyte/source',
        // Without its glue inside: its threads are to start from a file of their own.
        'onnxruntime-web-use-extern-wasm',
        ...defaultClientConditions,
      ],
    },
    worker: { format: 'es' },
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'esnext',
      modulePreload: false,
      chunkSizeWarningLimit: 10_000,
    },
  });
}
