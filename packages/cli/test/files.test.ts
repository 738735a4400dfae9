import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkWritable, readBytes, writeAtomically } from '../src/io/files.ts';
import { openModel } from '../src/io/model-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subbyte-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is written whole and leaves no temporary one', async () => {
  await writeAtomically(join(folder, 'a.bin'), new Uint8Array([1, 2, 3]));
  expect([...(await readFile(join(folder, 'a.bin')))]).toEqual([1, 2, 3]);
  expect(await readdir(folder)).toEqual(['a.bin']);
});

test('an aborted write leaves the old file and nothing else', async () => {
  const path = join(folder, 'a.bin');
  await writeFile(path, 'old');
  const controller = new AbortController();
  const writing = writeAtomically(path, new Uint8Array(50_000_000), controller.signal);
  setImmediate(() => controller.abort());
  await expect(writing).rejects.toThrow('abort');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a.bin']);
});

test('paths that cannot be read or written say why', async () => {
  await expect(readBytes(join(folder, 'none'))).rejects.toThrow('no such file or folder');
  await expect(readBytes(folder)).rejects.toThrow('it is a folder');
  await expect(checkWritable(join(folder, 'none', 'a'))).rejects.toThrow('no such file or folder');
  await expect(checkWritable(folder)).rejects.toThrow('it is a folder');
  await expect(writeAtomically(join(folder, 'none', 'a'), '')).rejects.toThrow('cannot write');
});

test('external data is read from the folder of the model only', async () => {
  await writeFile(join(folder, 'model.onnx'), 'x');
  await writeFile(join(folder, 'weights.bin'), 'abc');
  const outside = await mkdtemp(join(tmpdir(), 'subbyte-outside-'));
  await writeFile(join(outside, 'secret'), 'secret');
  await symlink(join(outside, 'secret'), join(folder, 'link'));
  const model = await openModel(join(folder, 'model.onnx'));
  expect(Buffer.from(model.externalData('weights.bin')).toString()).toBe('abc');
  expect(Buffer.from(model.externalData('./weights.bin')).toString()).toBe('abc');
  expect(() => model.externalData('none.bin')).toThrow('is missing');
  for (const location of ['../../etc/passwd', '/etc/passwd', 'link', '..']) {
    expect(() => model.externalData(location), location).toThrow(/outside|is missing/);
  }
  await rm(outside, { recursive: true });
});
