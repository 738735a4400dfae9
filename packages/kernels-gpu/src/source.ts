// Kernels are handed to gpu.js as source text, made for one shape: sizes become literals, so loops have fixed bounds, and no
// bundler, minifier or coverage tool can change a function that gpu.js is to parse.
//
// Index arithmetic is float32 in every mode and exact below 2^24, the most elements a tensor may have here. Divisions of
// indices are products with a rounded reciprocal, put right by at most one: GPUs need not divide exactly.

import { DeviceRefusal } from '@subbyte/kernels';
import { stridesOf } from '@subbyte/tensor';

/** Most elements of a tensor: float32 counts no further. */
export const mostElements: number = 2 ** 24;

/**
 * `value` as a float32 literal.
 * @throws DeviceRefusal for values that shaders have no literal for.
 */
export function literal(value: number): string {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new DeviceRefusal(`no literal for ${value} on a GPU`);
  // gpu.js writes whole numbers with all their digits, and beyond 1e21 JavaScript has none.
  if (Math.abs(rounded) > 1e20) return `(${rounded / 2 ** 64} * ${2 ** 64})`;
  // Minus zero would lose its sign anyway.
  if (rounded === 0) return '0';
  return rounded < 0 ? `(${rounded})` : `${rounded}`;
}

/** Statements that declare `quotient` and `remainder` of the whole number `index` by `divisor`. */
export function split(index: string, divisor: number, quotient: string, remainder: string): string {
  if (divisor === 1) return `let ${quotient} = ${index}; let ${remainder} = ${index} * 0;\n`;
  const parts = `let ${quotient} = Math.floor(${index} * ${1 / divisor}); let ${remainder} = ${index} - ${quotient} * ${divisor};\n`;
  if (Number.isInteger(Math.log2(divisor))) return parts;
  return `${parts}if (${remainder} < 0) { ${quotient} -= 1; ${remainder} += ${divisor}; }
if (${remainder} >= ${divisor}) { ${quotient} += 1; ${remainder} -= ${divisor}; }\n`;
}

/** A sum of products as text, without those that are 0. */
export function sum(terms: readonly (readonly [factor: string, stride: number])[]): string {
  const kept = terms.filter(([, stride]) => stride !== 0);
  if (kept.length === 0) return '0';
  return kept
    .map(([factor, stride]) => (stride === 1 ? factor : `${factor} * ${stride}`))
    .join(' + ');
}

/** Axes with the strides of several operands, neighbours merged where all operands allow it. */
export interface Axes {
  readonly sizes: readonly number[];
  /** One list per operand. */
  readonly strides: readonly (readonly number[])[];
}

/** Drops axes of size 1 and merges those that lie side by side in every operand. */
export function mergeAxes({ sizes, strides }: Axes): Axes {
  const merged = { sizes: [] as number[], strides: strides.map(() => [] as number[]) };
  for (const [axis, size] of sizes.entries()) {
    if (size === 1) continue;
    const last = merged.sizes.length - 1;
    const joins =
      last >= 0 &&
      strides.every((own, k) => merged.strides[k]?.[last] === (own[axis] as number) * size);
    if (joins) merged.sizes[last] = (merged.sizes[last] as number) * size;
    else merged.sizes.push(size);
    for (const [k, own] of strides.entries()) {
      const list = merged.strides[k] as number[];
      if (joins) list[last] = own[axis] as number;
      else list.push(own[axis] as number);
    }
  }
  return merged;
}

/** Statements that find out the coordinates of element `index`, named `prefix0`, `prefix1`, … */
export function coordinates(index: string, sizes: readonly number[], prefix: string): string {
  let text = '';
  let rest = index;
  for (let axis = sizes.length - 1; axis > 0; axis--) {
    const next = `${prefix}r${axis}`;
    text += split(rest, sizes[axis] as number, next, `${prefix}${axis}`);
    rest = next;
  }
  return sizes.length > 0 ? `${text}let ${prefix}0 = ${rest};\n` : text;
}

/** Statements and the offsets in operands with `strides` of element `index` of a tensor of `sizes`. */
export function walk(
  index: string,
  axes: Axes,
  prefix = 'p',
): { readonly statements: string; readonly offsets: readonly string[] } {
  const { sizes, strides } = mergeAxes(axes);
  const own = stridesOf(sizes);
  const isPlain = (list: readonly number[]): boolean =>
    list.every((stride, axis) => stride === own[axis]);
  const offsets = strides.map((list) =>
    isPlain(list) && sizes.length > 0
      ? index
      : sum(list.map((stride, axis) => [`${prefix}${axis}`, stride] as const)),
  );
  const needed = offsets.some((offset) => offset !== index && offset !== '0');
  return { statements: needed ? coordinates(index, sizes, prefix) : '', offsets };
}

/** A kernel's source text. */
export function kernelSource(parameters: readonly string[], body: string): string {
  return `function (${parameters.join(', ')}) {\nlet i = this.thread.x;\n${body}\n}`;
}

/** Statements that round `value` to the nearest whole number, half to even, in place. Exact. `name` keeps variables apart. */
export function roundHalfEven(value: string, name = 'round'): string {
  return `let ${name}Low = Math.floor(${value});
let ${name}Rest = ${value} - ${name}Low;
let ${name}Half = Math.floor(${name}Low * 0.5);
${value} = ${name}Low;
if (${name}Rest > 0.5) { ${value} = ${name}Low + 1; }
if (${name}Rest == 0.5 && ${name}Low - ${name}Half * 2 > 0.5) { ${value} = ${name}Low + 1; }\n`;
}

/** Statements that keep `value` within bounds; infinite ones say nothing. */
export function clamp(value: string, min: number, max: number): string {
  const low = Math.fround(min) > -3.4e38 ? `${value} = Math.max(${value}, ${literal(min)});\n` : '';
  const high = Math.fround(max) < 3.4e38 ? `${value} = Math.min(${value}, ${literal(max)});\n` : '';
  return low + high;
}
