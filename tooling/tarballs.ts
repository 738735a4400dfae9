// Packs every published package, installs the tarballs offline into a new project, and uses them there.
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residualNetworkModel } from '../apps/bench/src/residual-network.ts';
import { pnpm, root, run } from './run.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** The library example of the README: its first block of JavaScript. */
function readmeExample(): string {
  const code = /```js\n([\s\S]*?)```/.exec(readFileSync(`${root}README.md`, 'utf8'))?.[1];
  if (!code) throw new Error('README.md has no block of JavaScript');
  return code;
}

/** Loads every package by import and by require. */
const smoke = (names: readonly string[]): string => `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
for (const name of ${JSON.stringify(names)}) {
  const imported = Object.keys(await import(name));
  if (imported.length === 0) throw new Error(name + ' exports nothing');
  require(name);
}
`;

/** Tests the tarballs on the Node that started the checks and on the project's own. */
export async function testTarballs(): Promise<{ passed: number; failed: number }> {
  const count = { passed: 0, failed: 0 };
  const verdict = (what: string, ok: boolean): void => {
    count[ok ? 'passed' : 'failed']++;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}`);
  };
  const project = mkdtempSync(join(tmpdir(), 'subbyte-tarballs-'));
  try {
    const folders = readdirSync(`${root}packages`)
      .map((name) => `${root}packages/${name}`)
      .filter((folder) => !manifestOf(folder).private);
    const dependencies: Record<string, string> = {};
    for (const folder of folders) {
      const { name, dependencies: own = {} } = manifestOf(folder);
      const packed = await run(
        [...pnpm, '--silent', 'pack', '--json', '--pack-destination', project],
        {
          cwd: folder,
          capture: true,
        },
      );
      const { filename } = JSON.parse(packed.output) as { filename: string };
      dependencies[name] = `file:${filename}`;
      // What the packages take from the registry is here already: no network is needed.
      for (const dependency of Object.keys(own)) {
        if (dependency.startsWith('@subbyte/')) continue;
        dependencies[dependency] = `file:${realpathSync(`${folder}/node_modules/${dependency}`)}`;
      }
    }
    const names = folders.map((folder) => manifestOf(folder).name);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }));
    // From folders npm would build them as their authors do; what comes from the registry is built.
    const quiet = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = ['npm', 'install', ...quiet];
    verdict(`${names.length} tarballs install`, (await run(npm, { cwd: project })).code === 0);

    writeFileSync(join(project, 'smoke.mjs'), smoke(names));
    writeFileSync(join(project, 'example.mjs'), readmeExample());
    writeFileSync(join(project, 'model.onnx'), residualNetworkModel());
    const nodes = new Set([process.env.SUBBYTE_STARTED_BY ?? process.execPath, process.execPath]);
    for (const node of nodes) {
      const version = (await run([node, '--version'], { capture: true })).output.trim();
      const inProject = async (what: string, ...words: string[]): Promise<void> => {
        const { code, output } = await run([node, ...words], { cwd: project, capture: true });
        if (code !== 0) console.log(output);
        verdict(`${what}, Node ${version}`, code === 0);
      };
      await inProject('every package loads by import and require', 'smoke.mjs');
      await inProject('the example of the README', 'example.mjs');
      const cli = `node_modules/subbyte/${manifestOf(`${root}packages/cli`).bin?.subbyte}`;
      await inProject('the packed command', cli, 'inspect', 'model.w4a8.onnx', '--json');
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
  return count;
}
