// node tooling/setup.mjs apps/browser/src/main.ts [PART OF A PATH ...] -- test files in headless Chromium.
import { testBrowser } from './test-browser.ts';

const { failed } = await testBrowser(process.argv.slice(2));
process.exitCode = failed > 0 ? 1 : 0;
