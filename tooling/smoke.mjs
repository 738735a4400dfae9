// Run with the oldest supported Node: every built package must load by import and by require.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let passed = 0;
let failed = 0;
for (const name of readdirSync(new URL('../packages/', import.meta.url))) {
  const entry = new URL(`../packages/${name}/dist/index.js`, import.meta.url);
  try {
    if (!existsSync(entry)) throw new Error('not built');
    await import(entry.href);
    require(entry.pathname);
    passed++;
  } catch (error) {
    failed++;
    console.error(`${name}: ${error.message}`);
  }
}
console.log(`smoke on ${process.version}\n${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
