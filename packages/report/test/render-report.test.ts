import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type ReportData, ReportError, renderReport } from '../src/index.ts';
import { worstLayers } from '../src/worst-layers.ts';
import { reportData } from './report-data.ts';

const picture = 'data:image/png;base64,iVBORw0KGgo=';
const parse = (data: ReportData) => parseHTML(renderReport(data)).document;
const textOf = (data: ReportData): string =>
  (parse(data).querySelector('main')?.textContent ?? '').replaceAll(/[\u202f\s]+/g, ' ');

test('the figures of the whole model are there', () => {
  const text = textOf(reportData());
  for (const figure of [
    'resnet20-cifar10.onnx',
    '165 kB',
    '6.66× smaller than 1.10 MB',
    '88.02%',
    '−0.72 points, float 88.74 %',
    '5000 samples',
    '17.3dB',
    '0.00412 of 21.7',
    '1.96×',
    'no GPU adapter here',
    'computes 28 operations on integers and leaves 1 convolution or matrix product',
    'QLinearConv 19',
    'Calibration256 samples, seed 1',
    '--observer mse',
  ]) {
    expect(text).toContain(figure);
  }
});

test('every layer has a row with its numbers, the worst ones are marked', () => {
  const data = reportData(40);
  const document = parse(data);
  const rows = [...document.querySelectorAll('table.sortable tbody tr')];
  expect(rows.length).toBe(40);
  for (const [i, layer] of (data.layers ?? []).entries()) {
    const text = rows[i]?.textContent ?? '';
    expect(text).toContain(layer.name);
    expect(text).toContain(layer.op);
    if (layer.weights) expect(text).toContain(layer.weights.sqnr.toFixed(1));
    if (layer.outputSqnr !== undefined) expect(text).toContain(layer.outputSqnr.toFixed(1));
    if (layer.reason) expect(text).toContain(layer.reason);
  }
  const worst = worstLayers(data.layers ?? []).map(({ layer }) => layer.name);
  expect(worst.length).toBe(3);
  const marked = [...document.querySelectorAll('tr.worst .name')].map((cell) => cell.textContent);
  expect(marked.sort()).toEqual([...worst].sort());
  const options = [...document.querySelectorAll('.hint .copy')].map((button) =>
    button.getAttribute('data-copy'),
  );
  expect(options).toEqual(worst.map((name) => `--keep-float ${name}`));
});

test('the scheme stands before the width where it is not uniform', () => {
  const data = reportData();
  const scheme = (i: number) => ['uniform', 'apot', 'ternary'][i % 3];
  const layers = data.layers?.map((layer, i) => ({
    ...layer,
    weights: layer.weights && { ...layer.weights, scheme: scheme(i) },
  }));
  const rows = [...parse({ ...data, layers }).querySelectorAll('table.sortable tbody tr')];
  for (const [i, layer] of (layers ?? []).entries()) {
    const { weights, input } = layer;
    const cells = [...(rows[i]?.querySelectorAll('td') ?? [])].map((cell) => cell.textContent);
    const name = scheme(i) === 'uniform' ? '' : `${scheme(i)} `;
    if (weights) expect(cells).toContain(`${name}${weights.bits} / ${input?.bits ?? 'float'}`);
  }
});

test('cells that sort carry plain numbers, links find their rows', () => {
  const document = parse(reportData());
  for (const cell of document.querySelectorAll('td[data-value]')) {
    expect(Number(cell.getAttribute('data-value'))).not.toBeNaN();
  }
  const links = [...document.querySelectorAll('.sqnr a')];
  expect(links.length).toBe(20);
  for (const link of links) {
    expect(document.querySelector(link.getAttribute('href') ?? '')).not.toBeNull();
  }
});

test('what is absent is left out', () => {
  const document = parse({ model: 'm.onnx' });
  expect(document.querySelectorAll('section').length).toBe(0);
  expect(document.querySelector('h1')?.textContent).toBe('m.onnx');
  const layers = [{ name: 'a', op: 'conv2d', parameters: 9, bytesBefore: 36 }];
  expect(parse({ model: 'm', layers }).querySelectorAll('section').length).toBe(1);
  expect(textOf({ model: 'm', layers })).not.toContain('SQNR');
});

test('nothing is fetched and nothing grows beyond reason', () => {
  const page = renderReport({
    ...reportData(100),
    samples: [{ picture, expected: 'a', readings: [] }],
  });
  expect(page.length).toBeLessThan(1_000_000);
  expect(page).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link/i);
  const sources = [...parseHTML(page).document.querySelectorAll('[src]')];
  expect(sources.map((element) => element.getAttribute('src'))).toEqual([picture]);
  expect(page).toContain('content="default-src &#39;none&#39;;');
});

test('hostile names stay text', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='x'>&amp;`;
  const [first, ...rest] = reportData().layers ?? [];
  const data: ReportData = {
    model: evil,
    summary: evil,
    command: evil,
    recipe: [{ label: evil, value: evil }],
    scores: [{ name: evil, after: 1 }],
    proof: {
      samples: 1,
      engines: [{ engine: evil, runs: false, reason: evil }],
      operations: { operations: { [evil]: 1 }, integer: 1, float: 0 },
    },
    layers: first ? [{ ...first, name: evil, op: evil, reason: evil, shape: [evil] }, ...rest] : [],
    samples: [{ picture, expected: evil, readings: [{ model: evil, text: `${evil}x` }] }],
  };
  const document = parse(data);
  expect(document.querySelectorAll('script').length).toBe(1);
  expect(document.querySelectorAll('img').length).toBe(1);
  expect(document.querySelectorAll('[onerror]').length).toBe(0);
  expect(document.querySelector('h1')?.textContent).toBe(evil);
  expect(document.querySelector('.sortable .name')?.textContent).toBe(evil);
  expect(document.querySelector('img')?.getAttribute('alt')).toBe(evil);
});

test('only pictures inside the file are shown', () => {
  for (const bad of [
    'https://example.com/a.png',
    'data:text/html;base64,AAAA',
    `${picture}" onload="x`,
  ]) {
    const samples = [{ picture: bad, expected: 'a', readings: [] }];
    expect(() => renderReport({ model: 'm', samples })).toThrow(ReportError);
  }
});

test('misread characters are marked', () => {
  const readings = ['abcd', 'abXd', 'abd', 'abcde'].map((text) => ({ model: 'm', text }));
  const document = parse({ model: 'm', samples: [{ picture, expected: 'abcd', readings }] });
  const lines = [...document.querySelectorAll('.samples dd')];
  expect(lines.map((line) => line.querySelector('mark')?.textContent)).toEqual([
    undefined,
    'X',
    '‸',
    'e',
  ]);
});

test('the same data gives the same bytes', () => {
  expect(renderReport(reportData())).toBe(renderReport(reportData()));
});
