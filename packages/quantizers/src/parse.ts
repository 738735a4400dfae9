import { apotCodebook } from './codebook.ts';
import { QuantizerError } from './errors.ts';
import { codeRange } from './grid.ts';
import type {
  ApotQuantizer,
  Bits,
  Granularity,
  Quantizer,
  Scales,
  TernaryQuantizer,
  UniformQuantizer,
} from './types.ts';

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

const isFinite32 = (x: number): boolean => Number.isFinite(Math.fround(x));

const isFloat32 = (x: unknown): x is number =>
  typeof x === 'number' && Number.isFinite(x) && Math.fround(x) === x;

const isScale = (x: unknown): x is number => isFloat32(x) && x > 0;

function parseBits({ bits }: Fields, least: number): Bits {
  const expected = `a whole number from ${least} to 8`;
  return isWhole(bits, least, 8) ? (bits as Bits) : fail('bits', bits, expected);
}

/** One value per scale. */
function perScale(
  fields: Fields,
  name: string,
  { scaleShape }: Pick<Scales, 'scaleShape'>,
  fits: (value: unknown) => value is number,
  expected: string,
): number[] {
  const values = numbers(fields, name, fits, expected);
  const count = scaleShape.reduce((a, b) => a * b, 1);
  if (values.length !== count) fail(`${name} length`, values.length, `${count}`);
  return values;
}

function parseScales(fields: Fields): Scales {
  const granularity = parseGranularity(fields.granularity);
  const isSize = (size: unknown): size is number => isWhole(size, 1, 2 ** 31 - 1);
  const scaleShape = numbers(fields, 'scaleShape', isSize, 'sizes of at least 1');
  const rankFits = { perTensor: 0, perChannel: 1, perGroup: scaleShape.length }[granularity.kind];
  const axisFits = granularity.kind !== 'perGroup' || granularity.axis < scaleShape.length;
  if (scaleShape.length !== rankFits || !axisFits) {
    fail('scaleShape', scaleShape, `a shape that fits ${JSON.stringify(granularity)}`);
  }
  const scale = perScale(fields, 'scale', { scaleShape }, isScale, 'positive float32 values');
  return { granularity, scaleShape, scale };
}

function parseUniform(fields: Fields): UniformQuantizer {
  const base = {
    version: 1,
    scheme: 'uniform',
    // A narrow grid of one bit has one level.
    bits: parseBits(fields, fields.narrow === true ? 2 : 1),
    signed: flag(fields, 'signed'),
    narrow: flag(fields, 'narrow'),
  } as const;
  const scales = parseScales(fields);
  const { min, max } = codeRange(base);
  const isCode = (x: unknown): x is number => isWhole(x, min, max);
  const expected = `codes from ${min} to ${max}`;
  return { ...base, ...scales, zeroPoint: perScale(fields, 'zeroPoint', scales, isCode, expected) };
}

function parseApot(fields: Fields): ApotQuantizer {
  const { termBits } = fields;
  if (!isWhole(termBits, 1, 8)) fail('termBits', termBits, 'a whole number from 1 to 8');
  const levels = { bits: parseBits(fields, 2), signed: flag(fields, 'signed'), termBits };
  // Knows which terms add up to which width.
  const largest = apotCodebook(levels).levels.at(-1) as number;
  const scales = parseScales(fields);
  const tooLarge = scales.scale.find((scale) => !isFinite32(scale * largest));
  if (tooLarge !== undefined) fail('scale', tooLarge, 'levels that float32 can hold');
  return { version: 1, scheme: 'apot', ...levels, ...scales };
}

function parseTernary(fields: Fields): TernaryQuantizer {
  if (fields.bits !== 2) fail('bits', fields.bits, '2');
  const scales = parseScales(fields);
  const offset = perScale(fields, 'offset', scales, isFloat32, 'finite float32 values');
  const tooLarge = offset.find((x, i) => !isFinite32(Math.abs(x) + (scales.scale[i] as number)));
  if (tooLarge !== undefined) fail('offset', tooLarge, 'levels that float32 can hold');
  return { version: 1, scheme: 'ternary', bits: 2, ...scales, offset };
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
  const { scheme } = fields;
  if (scheme === 'uniform') return parseUniform(fields);
  if (scheme === 'apot') return parseApot(fields);
  if (scheme === 'ternary') return parseTernary(fields);
  return fail('scheme', scheme, 'uniform, apot or ternary');
}
