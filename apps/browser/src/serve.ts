import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

/** A server on this machine. */
export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): void;
}

const page =
  '<!doctype html><meta charset="utf-8"><title>tests</title><script type="module" src="entry.js"></script>';

/** What makes a page cross-origin isolated, so that it may share memory. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves a bundle twice: under `/isolated/` with cross-origin isolation, under `/plain/` without. */
export async function serve(folder: string): Promise<Server> {
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const [, mode, file] = /^\/(isolated|plain)\/(.*)$/.exec(normalize(pathname)) ?? [];
    const headers = mode === 'isolated' ? isolation : {};
    try {
      if (mode === undefined) throw new Error('neither isolated nor plain');
      const type = file === '' ? 'text/html' : 'text/javascript';
      const body = file ? await readFile(join(folder, file)) : page;
      response.writeHead(200, { ...headers, 'Content-Type': type }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
