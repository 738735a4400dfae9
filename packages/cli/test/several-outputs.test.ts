import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromOnnx, toOnnx } from '@subbyte/onnx';
import { expect, test } from 'vitest';
import { lastJson, runCli } from './helpers/run-cli.ts';
import { tinyModel } from './helpers/tiny-network.ts';

test('outputs of several shapes are quantized, proven and compared, each of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'subbyte-outputs-'));
  try {
    const graph = fromOnnx(tinyModel());
    const map = { name: 'd', dtype: 'float32', shape: ['n', 16, 8, 8] } as const;
    const outputs = [...graph.outputs, map];
    await writeFile(join(folder, 'two.onnx'), toOnnx({ ...graph, outputs }, { form: 'float' }));
    const words = ['--calibration', 'random', '--samples', '16', '--weights', '4', '--json'];
    const made = await runCli(['quantize', 'two.onnx', '-o', 'small.onnx', ...words], folder);
    expect(made.stderr).toBe('');
    const { proof } = lastJson<{ proof: { engines: { runs: boolean; sqnr: number }[] } }>(made);
    expect(proof.engines).toHaveLength(3);
    for (const { runs, sqnr } of proof.engines) {
      expect(runs).toBe(true);
      expect(sqnr).toBeGreaterThan(25);
    }
    const data = ['--data', 'random', '--samples', '16', '--json'];
    const compared = lastJson<{ outputs: { value: string; sqnr: number }[] }>(
      await runCli(['compare', 'two.onnx', 'small.onnx', ...data], folder),
    );
    expect(compared.outputs.map(({ value }) => value)).toEqual(['scores', 'd']);
    for (const { sqnr } of compared.outputs) {
      expect(sqnr).toBeGreaterThan(15);
      expect(sqnr).toBeLessThan(60);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
