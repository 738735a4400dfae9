import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

/** A server on this machine. */
export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): void;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** What makes a page cross-origin isolated, so that it may share memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Serves the files of a folder twice: under `/isolated/` with cross-origin isolation, under `/plain/` without; a path
 * that ends there means `index.html`.
 * @param port 0: any that is free. @throws Error (`EADDRINUSE`) when it is taken.
 */
export async function serve(folder: string, port = 0): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/') {
      response.writeHead(302, { Location: '/isolated/' }).end();
      return;
    }
    const [, mode, file] = /^\/(isolated|plain)\/(.*)$/.exec(normalize(pathname)) ?? [];
    const headers = mode === 'isolated' ? isolation : {};
    try {
      if (mode === undefined) throw new Error('neither isolated nor plain');
      const name = file || 'index.html';
      const body = await readFile(join(folder, name));
      const type = types[extname(name)] ?? 'application/octet-stream';
      response.writeHead(200, { ...headers, 'Content-Type': type }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
