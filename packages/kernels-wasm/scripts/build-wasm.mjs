// Compiles assembly/ and assembly/integer/ to two modules each (with and without relaxed SIMD) and writes
// them as base64 to src/binary.ts. Skips when nothing changed. Plain Node: runs before anything is built.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../', import.meta.url));
const output = `${root}src/binary.ts`;
const sources = readdirSync(`${root}assembly`, { recursive: true }).filter((name) =>
  name.endsWith('.ts'),
);

const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
hash.update(readFileSync(`${root}package.json`));
for (const name of sources.sort())
  hash.update(name).update(readFileSync(`${root}assembly/${name}`));
const mark = `// Inputs: ${hash.digest('hex')}`;

const relaxedSimd = ['--enable', 'relaxed-simd'];
const modules = {
  baseline: ['index.ts'],
  relaxed: ['index.ts', ...relaxedSimd],
  integerBaseline: ['integer/index.ts'],
  integerRelaxed: ['integer/index.ts', ...relaxedSimd],
};

async function compile([entry, ...flags]) {
  let bytes;
  const { error, stderr } = await asc.main(
    [
      entry,
      '--outFile',
      'module.wasm',
      '-O3',
      '--converge',
      '--noAssert',
      '--runtime',
      'stub',
      '--importMemory',
      '--maximumMemory',
      '65536',
      '--enable',
      'simd',
      ...flags,
    ],
    {
      readFile: (name) => {
        try {
          return readFileSync(`${root}assembly/${name}`, 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (_, contents) => {
        bytes = contents;
      },
      listFiles: () => sources,
    },
  );
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stderr.toString()}`);
  return bytes;
}

function isCurrent() {
  try {
    return readFileSync(output, 'utf8').includes(mark);
  } catch {
    return false;
  }
}

if (!isCurrent()) {
  const lines = ['// Made by scripts/build-wasm.mjs from assembly/.', mark];
  for (const [name, flags] of Object.entries(modules)) {
    const base64 = Buffer.from(await compile(flags)).toString('base64');
    lines.push(
      '',
      `/** The ${name} module, base64. */`,
      `export const ${name}: string =`,
      `  '${base64}';`,
    );
  }
  writeFileSync(output, `${lines.join('\n')}\n`);
}
