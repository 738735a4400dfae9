import { expect, test } from 'vitest';
import { DatasetError, type Image, imageFolder, isImagePath } from '../src/index.ts';

const decode = (path: string): Image => ({
  width: 1,
  height: 1,
  channels: 1,
  data: Uint8Array.of(path.length),
});

test('classes are folders in the order of their names, whatever the order of the paths', async () => {
  const paths = ['b/x/10.png', 'Z/1.png', 'a/2.png', 'b/1.png'];
  const dataset = imageFolder(paths, decode);
  expect(dataset.classNames).toEqual(['Z', 'a', 'b']);
  expect([...(dataset.labels ?? [])]).toEqual([0, 1, 2, 2]);
  expect((await dataset.item(3)).data[0]).toBe('b/x/10.png'.length);
  expect(imageFolder([...paths].reverse(), decode).labels).toEqual(dataset.labels);
});

test('without folders there are no classes; a mixture and nothing at all are refused', () => {
  const dataset = imageFolder(['1.png', '2.png'], decode);
  expect([dataset.size, dataset.labels]).toEqual([2, undefined]);
  expect(() => imageFolder(['a/1.png', '2.png'], decode)).toThrow(/"2.png" lies beside/);
  expect(() => imageFolder([], decode)).toThrow(DatasetError);
});

test('pictures are known by their names', () => {
  expect(['a/1.PNG', 'x.jpeg', 'b.tiff'].every(isImagePath)).toBe(true);
  expect(['a/.hidden.png', 'notes.txt', 'png', '.png'].some(isImagePath)).toBe(false);
});
