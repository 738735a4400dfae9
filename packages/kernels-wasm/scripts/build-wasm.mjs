// Compiles assembly/ to two modules (SIMD, SIMD with relaxed FMA) and writes them as base64 to
// src/binary.ts. Skips when nothing changed. Plain Node: runs before anything is built.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../', import.meta.url));
const output = `${root}src/binary.ts`;
const sources = readdirSync(`${root}assembly`).filter((name) => name.endsWith('.ts'));

const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
hash.update(readFileSync(`${root}package.json`));
for (const name of sources.sort())
  hash.update(name).update(readFileSync(`${root}assembly/${name}`));
const mark = `// Inputs: ${hash.digest('hex')}`;

const modules = { baseline: [], relaxed: ['--enable', 'relaxed-simd'] };

async function compile(flags) {
  let bytes;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
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
      readFile: (name, base) => {
        try {
          return readFileSync(`${root}assembly/${base === '.' ? '' : ''}${name}`, 'utf8');
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
