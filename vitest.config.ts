import { defaultClientConditions, defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@subbyte/source', ...defaultClientConditions] },
  ssr: { resolve: { conditions: ['@subbyte/source', ...defaultServerConditions] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'tooling/test/*.test.ts'],
    benchmark: { include: ['packages/*/bench/**/*.bench.ts'] },
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
    setupFiles: ['tooling/test-setup.ts'],
    // Tests run whole networks, several files at once on a small machine.
    testTimeout: 180_000,
  },
});
