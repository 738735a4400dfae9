// node tooling/setup.mjs [SCRIPT ARGS...] -- makes a fresh clone ready, then runs SCRIPT on the project's Node.
// Plain JavaScript: this is the one file that must run on the Node that happens to be there (>= 20).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const stamps = join(root, 'node_modules', '.subbyte-setup.json');
const projectNode = join(root, 'node_modules', 'node', 'bin', 'node');
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Files under `folder`, without what is installed or built. */
function filesOf(folder) {
  const skipped = new Set(['node_modules', 'dist', 'build', 'binary.ts', '.turbo']);
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skipped.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesOf(path) : [path];
    });
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.sort()) hash.update(relative(root, path)).update(readFileSync(path));
  return hash.digest('hex');
}

const manifests = () => [
  join(root, 'package.json'),
  join(root, 'pnpm-lock.yaml'),
  join(root, 'pnpm-workspace.yaml'),
  ...['packages', 'apps', 'tooling'].flatMap((group) =>
    readdirSync(join(root, group))
      .map((name) => join(root, group, name, 'package.json'))
      .filter(existsSync),
  ),
];
const wasmFolder = join(root, 'packages', 'kernels-wasm');

/** What has to be done before anything runs; a step whose fingerprint is known is skipped. */
const steps = [
  {
    name: 'install',
    what: 'installing packages (once, about a minute)',
    fingerprint: () => hashOf(manifests()),
    isDone: () => existsSync(projectNode),
    command: ['npx', '--yes', packageManager, 'install', '--frozen-lockfile'],
  },
  {
    name: 'wasm',
    what: 'compiling the WebAssembly kernels',
    fingerprint: () => hashOf(filesOf(wasmFolder)),
    isDone: () => existsSync(join(wasmFolder, 'src', 'binary.ts')),
    command: [projectNode, join(wasmFolder, 'scripts', 'build-wasm.mjs')],
  },
];

const environment = () => ({
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  // No survey of the terminal by tools that would otherwise ask questions.
  CI: process.env.CI ?? 'true',
});

function run([command, ...args], env) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command === 'npx';
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env, shell });
    // The terminal sends Ctrl-C to the child as well, which ends itself; we wait for it.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 130 : (code ?? 1)));
  });
}

async function setUp() {
  const known = existsSync(stamps) ? JSON.parse(readFileSync(stamps, 'utf8')) : {};
  for (const { name, what, fingerprint, isDone, command } of steps) {
    const stamp = fingerprint();
    if (known[name] === stamp && isDone()) continue;
    const start = performance.now();
    process.stderr.write(`setup: ${what}\n`);
    const code = await run(command, environment());
    if (code !== 0) {
      process.stderr.write(`setup: "${command.join(' ')}" failed with exit code ${code}\n`);
      process.exit(code);
    }
    known[name] = fingerprint();
    writeFileSync(stamps, JSON.stringify(known));
    process.stderr.write(`setup: done in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  }
}

await setUp();
const [script, ...args] = process.argv.slice(2);
if (script) {
  const env = {
    ...process.env,
    PATH: environment().PATH,
    // Programs that start others, tests above all, load every source file again and again.
    NODE_COMPILE_CACHE:
      process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'node'),
    SUBBYTE_STARTED_BY: process.env.npm_node_execpath ?? process.execPath,
  };
  process.exitCode = await run(
    [projectNode, '--conditions=@subbyte/source', join(root, script), ...args],
    env,
  );
}
