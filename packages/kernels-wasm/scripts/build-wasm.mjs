// Compiles assembly/ and assembly/integer/ to two modules each (with and without relaxed SIMD) and writes
// them, the second as a patch of the first, deflated and as base64, to src/binary.ts (what compresses pages hardly sees
// through base64). Skips when nothing changed. Plain Node: runs before anything is built.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import asc from 'assemblyscript/asc';
import { makePatch } from './make-patch.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));
const output = `${root}src/binary.ts`;
const sources = readdirSync(`${root}assembly`, { recursive: true }).filter((name) =>
  name.endsWith('.ts'),
);

const hash = createHash('sha256');
for (const script of ['build-wasm.mjs', 'make-patch.mjs']) {
  hash.update(readFileSync(`${root}scripts/${script}`));
}
hash.update(readFileSync(`${root}package.json`));
for (const name of sources.sort())
  hash.update(name).update(readFileSync(`${root}assembly/${name}`));
const mark = `// Inputs: ${hash.digest('hex')}`;

const relaxedSimd = ['--enable', 'relaxed-simd'];
const entries = { floats: 'index.ts', integers: 'integer/index.ts' };

async function compile(entry, ...flags) {
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
  const write = (name, what, bytes) => {
    const base64 = deflateRawSync(bytes, { level: 9 }).toString('base64');
    lines.push(
      '',
      `/** ${what}, deflated, base64. */`,
      `export const ${name}: string =`,
      `  '${base64}';`,
    );
  };
  for (const [name, entry] of Object.entries(entries)) {
    const baseline = await compile(entry);
    const relaxed = await compile(entry, ...relaxedSimd);
    write(name, `The module of ${entry}`, baseline);
    write(`${name}Relaxed`, 'What relaxed SIMD changes in it', makePatch(baseline, relaxed));
  }
  writeFileSync(output, `${lines.join('\n')}\n`);
}
