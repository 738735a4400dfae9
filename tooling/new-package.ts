// pnpm new NAME TAG "One-sentence purpose." -- writes a package that builds, tests and packs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const usage = 'usage: pnpm new NAME TAG "One-sentence purpose."';
const [name, tag, description] = process.argv.slice(2);
if (!name || !tag || !description || !/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(usage);
const { boundaries } = JSON.parse(readFileSync('turbo.json', 'utf8')) as {
  boundaries: { tags: Record<string, unknown> };
};
const tags = Object.keys(boundaries.tags);
if (!tags.includes(tag)) throw new Error(`tag "${tag}": expected one of ${tags.join(', ')}`);

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const built = { types: './dist/index.d.ts', default: './dist/index.js' };

const files: Record<string, string> = {
  'package.json': json({
    name: `@subbyte/${name}`,
    version: '0.0.0',
    description,
    license: 'MIT',
    type: 'module',
    sideEffects: false,
    exports: { '.': { '@subbyte/source': './src/index.ts', ...built } },
    files: ['dist', 'src'],
    engines: { node: '>=20.19' },
    publishConfig: { access: 'public', provenance: true, exports: { '.': built } },
    scripts: {
      build: 'tsup && tsc -p tsconfig.build.json',
      'pack:check': 'publint --strict && attw --pack . --profile esm-only',
    },
    devDependencies: {
      vitest: 'catalog:',
      '@subbyte/tsconfig': 'workspace:*',
      '@subbyte/tsup': 'workspace:*',
      tsup: 'catalog:',
    },
  }),
  'turbo.json': json({ extends: ['//'], tags: [tag] }),
  'tsconfig.json': json({
    extends: '../../tsconfig.json',
    include: ['src', 'test', 'bench'],
  }),
  'tsconfig.build.json': json({
    extends: '@subbyte/tsconfig/library.json',
    compilerOptions: {
      emitDeclarationOnly: true,
      rootDir: 'src',
      outDir: 'dist',
      customConditions: [],
    },
    include: ['src'],
  }),
  'tsup.config.ts': "import { library } from '@subbyte/tsup';\n\nexport default library();\n",
  'src/index.ts': `export { hello } from './hello.ts';\n`,
  'src/hello.ts': `/** Replace me. */\nexport function hello(): string {\n  return '${name}';\n}\n`,
  'test/hello.test.ts': `import { expect, test } from 'vitest';\nimport { hello } from '../src/index.ts';\n\ntest('hello names the package', () => {\n  expect(hello()).toBe('${name}');\n});\n`,
  'README.md': `# @subbyte/${name}\n\n${description}\n`,
};

for (const [path, text] of Object.entries(files)) {
  const target = join('packages', name, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text, { flag: 'wx' });
}
console.log(`packages/${name}: ${Object.keys(files).length} files. Next: pnpm install && npm test`);
