import { defineConfig, type Options } from 'tsup';

/** The one build recipe: tsup writes ESM JavaScript, `tsc` (TypeScript 7) writes the declarations. */
export const library = (
  entry: NonNullable<Options['entry']> = ['src/index.ts'],
): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry,
    format: ['esm'],
    target: 'es2022',
    dts: false,
    clean: true,
    sourcemap: true,
    treeshake: true,
  });
