import { QuantizerError } from './errors.ts';
import { codeRange } from './grid.ts';
import type { Bits, Granularity, Quantizer } from './types.ts';

type Fields = Readonly<Record<string, unknown>>;

function fail(what: string, value: unknown, expected: string): never {
  const shown = (JSON.stringify(value) ?? String(value)).slice(0, 80);
  throw new QuantizerError(`quantizer ${what} is ${shown}: expected ${expected}`);
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(what, value, 'an object');
  }
  return value as Fields;
}

const isWhole = (value: unknown, low: number, high: number): value is number =>
  Number.isInteger(value) && (value as number) >= low && (value as number) <= high;

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  return typeof value === 'boolean' ? value : fail(name, value, 'true or false');
}

function numbers(
  fields: Fields,
  name: string,
  fits: (value: unknown) => value is number,
  expected: string,
): number[] {
  const values: unknown = fields[name];
  if (!Array.isArray(values)) fail(name, values, 'an array');
  for (const value of values as unknown[]) if (!fits(value)) fail(name, value, expected);
  return [...(values as number[])];
}

function parseGranularity(value: unknown): Granularity {
  const { kind, axis, size } = fieldsOf(value, 'granularity');
  if (kind === 'perTensor') return { kind };
  if (kind !== 'perChannel' && kind !== 'perGroup') {
    fail('granularity.kind', kind, 'perTensor, perChannel or perGroup');
  }
  if (!isWhole(axis, 0, 63)) fail('granularity.axis', axis, 'a whole number of at least 0');
  if (kind === 'perChannel') return { kind, axis };
  if (!isWhole(size, 1, 2 ** 31)) fail('granularity.size', size, 'a whole number of at least 1');
  return { kind, axis, size };
}

/**
 * A quantizer from JSON text or from the value that `JSON.parse` made of it.
 * @throws QuantizerError for anything that is not a complete, consistent quantizer.
 */
export function parseQuantizer(json: unknown): Quantizer {
  let value = json;
  if (typeof json === 'string') {
    try {
      value = JSON.parse(json);
    } catch (cause) {
      throw new QuantizerError(`quantizer is not JSON: ${(cause as Error).message}`, { cause });
    }
  }
  const fields = fieldsOf(value, 'JSON');
  if (fields.version !== 1) fail('version', fields.version, '1');
  if (fields.scheme !== 'uniform') fail('scheme', fields.scheme, 'uniform');
  if (!isWhole(fields.bits, 2, 8)) fail('bits', fields.bits, 'a whole number from 2 to 8');
  const base = {
    version: 1,
    scheme: 'uniform',
    bits: fields.bits as Bits,
    signed: flag(fields, 'signed'),
    narrow: flag(fields, 'narrow'),
  } as const;
  const granularity = parseGranularity(fields.granularity);
  const isSize = (size: unknown): size is number => isWhole(size, 1, 2 ** 31 - 1);
  const scaleShape = numbers(fields, 'scaleShape', isSize, 'sizes of at least 1');
  const rankFits = { perTensor: 0, perChannel: 1, perGroup: scaleShape.length }[granularity.kind];
  const axisFits = granularity.kind !== 'perGroup' || granularity.axis < scaleShape.length;
  if (scaleShape.length !== rankFits || !axisFits) {
    fail('scaleShape', scaleShape, `a shape that fits ${JSON.stringify(granularity)}`);
  }
  const count = scaleShape.reduce((a, b) => a * b, 1);
  const { min, max } = codeRange(base);
  const isScale = (x: unknown): x is number =>
    typeof x === 'number' && x > 0 && Number.isFinite(x) && Math.fround(x) === x;
  const isCode = (x: unknown): x is number => isWhole(x, min, max);
  const scale = numbers(fields, 'scale', isScale, 'positive float32 values');
  const zeroPoint = numbers(fields, 'zeroPoint', isCode, `codes from ${min} to ${max}`);
  if (scale.length !== count) fail('scale length', scale.length, `${count}`);
  if (zeroPoint.length !== count) fail('zeroPoint length', zeroPoint.length, `${count}`);
  return { ...base, granularity, scaleShape, scale, zeroPoint };
}
