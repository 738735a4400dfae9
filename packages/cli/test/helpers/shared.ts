import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of something beside the repository that is not part of it. */
export const shared = (path: string): string =>
  fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));

/** Whether it is there; without it the tests that need it are skipped. */
export const isThere = (path: string): boolean => existsSync(shared(path));
