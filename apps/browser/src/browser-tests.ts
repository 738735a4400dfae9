import { globSync } from 'node:fs';

/** Test files that run in Chromium as well as in Node, as patterns. They must do without Node. */
const patterns: readonly string[] = [
  'packages/tensor/test/*.test.ts',
  'packages/kernels/test/**/*.test.ts',
  'packages/wasm-memory/test/*.test.ts',
  'packages/kernels-wasm/test/*.test.ts',
  'packages/kernels-gpu/test/*.test.ts',
  'packages/autograd/test/*.test.ts',
  'packages/nn/test/*.test.ts',
  'packages/optim/test/*.test.ts',
  'packages/graph/test/*.test.ts',
  'packages/runtime/test/*.test.ts',
  'packages/quantize/test/fingerprint.test.ts',
  'apps/browser/test/page/*.test.ts',
];

/** Files among them that read from the disk, or call the garbage collector. */
const needNode: readonly string[] = [
  'packages/*/test/readme.test.ts',
  'packages/graph/test/hostile.test.ts',
  'packages/kernels-wasm/test/apply-patch.test.ts',
  'packages/wasm-memory/test/collected.test.ts',
];

/** The test files to run in a page, relative to `root`, sorted; a pattern that finds none is an error. */
export function browserTests(root: string): readonly string[] {
  const found = patterns.map((pattern) => {
    const files = globSync(pattern, { cwd: root, exclude: [...needNode] });
    if (files.length === 0) throw new Error(`browser tests: "${pattern}" finds no file`);
    return files;
  });
  return [...new Set(found.flat())].sort();
}
