import { type Random, random, sameShape, type Tensor, toHeap } from '@subbyte/tensor';
import { type Device, isDeviceRefusal } from '../device.ts';
import { KernelError } from '../errors.ts';
import { reference } from '../reference/index.ts';
import type { Kernel, KernelName, KernelTable, OperandsOf, OptionsOf } from '../table.ts';
import { writtenOperands } from '../written-operands.ts';

/** One call of a kernel that every backend must answer as the reference does. */
export interface ConformanceCase {
  /** Unique: the kernel, then what is special. */
  readonly name: string;
  readonly kernel: KernelName;
  /** Fresh operands on the JavaScript heap, the same at every call. */
  readonly operands: () => readonly (Tensor | undefined)[];
  readonly options: OptionsOf<KernelName>;
  /**
   * Largest allowed `|actual - expected| / max(1, |expected|)`; 0: equal values (NaN equals NaN,
   * 0 equals -0).
   */
  readonly tolerance: number;
  /** The operands or options do not fit: the kernel must throw a `KernelError`. */
  readonly rejected: boolean;
}

/** FNV-1a hash of `text`: every case gets random operands of its own. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/** A case with seeded random operands. */
export function defineCase<K extends KernelName>(
  kernel: K,
  label: string,
  operands: (stream: Random) => OperandsOf<K>,
  options: OptionsOf<K>,
  tolerance = 0,
): ConformanceCase {
  const name = `${kernel}: ${label}`;
  return {
    name,
    kernel,
    operands: () => operands(random(seedOf(name))),
    options,
    tolerance,
    rejected: false,
  };
}

/** A case that the kernel must refuse. */
export function defineRejected<K extends KernelName>(
  kernel: K,
  label: string,
  operands: (stream: Random) => OperandsOf<K>,
  options: OptionsOf<K>,
): ConformanceCase {
  return { ...defineCase(kernel, `refuses ${label}`, operands, options), rejected: true };
}

type Elements = ArrayLike<number | bigint>;

function firstDifference(actual: Elements, expected: Elements, tolerance: number): number {
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number | bigint, expected[i] as number | bigint];
    // biome-ignore lint/suspicious/noDoubleEquals: bigints and numbers may meet here
    if (a == e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const error = Math.abs(Number(a) - Number(e)) / Math.max(1, Math.abs(Number(e)));
    if (!(error <= tolerance)) return i;
  }
  return -1;
}

function call(
  kernel: Kernel<never>,
  operands: readonly (Tensor | undefined)[],
  options: object,
): Tensor {
  return kernel(operands as never, options as never);
}

/** @throws Error when an operand, other than those at `written`, is not as it was. */
function checkUntouched(
  one: ConformanceCase,
  operands: readonly (Tensor | undefined)[],
  written: readonly number[] = [],
): void {
  for (const [i, original] of one.operands().entries()) {
    const operand = operands[i];
    if (!original || !operand || written.includes(i)) continue;
    if (firstDifference(operand.data, original.data, 0) >= 0) {
      throw new Error(`${one.name}: changed operand ${i}`);
    }
  }
}

function checkRejected(
  one: ConformanceCase,
  kernel: Kernel<never>,
  operands: readonly (Tensor | undefined)[],
): void {
  let shape: readonly number[];
  try {
    shape = call(kernel, operands, one.options).shape;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    checkUntouched(one, operands);
    return;
  }
  throw new Error(`${one.name}: gave a result of [${shape}], expected a KernelError`);
}

/** @throws Error unless operands are left alone or written, and the result is fresh or the first. */
function checkOperands(
  one: ConformanceCase,
  result: Tensor,
  operands: readonly (Tensor | undefined)[],
  expected: readonly (Tensor | undefined)[],
): void {
  const written = writtenOperands[one.kernel] ?? [];
  for (const [i, operand] of operands.entries()) {
    const returned = operand?.storage === result.storage;
    if (!operand || returned === (written.length > 0 && i === 0)) continue;
    throw new Error(`${one.name}: ${returned ? 'returned' : 'did not return'} operand ${i}`);
  }
  for (const i of written) {
    const [actual, wanted] = [operands[i]?.data ?? [], expected[i]?.data ?? []];
    const wrong = firstDifference(actual, wanted, one.tolerance);
    if (wrong < 0) continue;
    throw new Error(
      `${one.name}: element ${wrong} of operand ${i} became ${actual[wrong]}, expected ${wanted[wrong]} within ${one.tolerance}`,
    );
  }
  checkUntouched(one, operands, written);
}

/**
 * Runs one case on `table` and compares with the reference: data type, shape, every element. The
 * operands must stay as they are and the result must not share their memory, save for kernels that
 * write operands in place (`writtenOperands`): those must hold what the reference writes.
 * @param upload moves operands into the memory of the backend first; by default they stay on the heap.
 * @throws Error that names the case, the first element that differs, its value and the expectation.
 */
export function checkCase(
  one: ConformanceCase,
  table: Partial<KernelTable>,
  upload: (operand: Tensor) => Tensor = (operand) => operand,
): void {
  const kernel = table[one.kernel] as Kernel<never> | undefined;
  if (kernel === undefined) throw new Error(`${one.name}: the table has no ${one.kernel}`);
  const originals = one.operands();
  const operands = one.operands().map((operand) => operand && upload(operand));
  if (one.rejected) {
    checkRejected(one, kernel, operands);
    return;
  }
  const expected = call(reference[one.kernel] as Kernel<never>, originals, one.options);
  const result = call(kernel, operands, one.options);
  checkResult(one, toHeap(result), expected, one.tolerance);
  checkOperands(one, result, operands, originals);
}

/** @throws Error unless `result` has the data type, shape and elements of `expected`. */
function checkResult(
  one: ConformanceCase,
  result: Tensor,
  expected: Tensor,
  tolerance: number,
): void {
  if (result.dtype !== expected.dtype || !sameShape(result.shape, expected.shape)) {
    throw new Error(
      `${one.name}: gave ${result.dtype} [${result.shape}], expected ${expected.dtype} [${expected.shape}]`,
    );
  }
  const wrong = firstDifference(result.data, expected.data, tolerance);
  if (wrong >= 0) {
    throw new Error(
      `${one.name}: element ${wrong} of [${result.shape}] is ${result.data[wrong]}, expected ${expected.data[wrong]} within ${tolerance}`,
    );
  }
}

/**
 * `checkCase` for a device, with operands on the heap, frozen or not.
 * @param least tolerance of results in float32 that are not exact.
 * @returns why the device refuses the case, or nothing when it computes what the reference does.
 * @throws Error as `checkCase` does.
 */
export async function checkDeviceCase(
  one: ConformanceCase,
  device: Device,
  { least = 0, frozen = false }: { readonly least?: number; readonly frozen?: boolean } = {},
): Promise<string | undefined> {
  const kernel = device.kernels[one.kernel] as Kernel<never>;
  const operands = one.operands();
  if (frozen) for (const operand of operands) if (operand) device.freeze(operand);
  try {
    if (one.rejected) {
      checkRejected(one, kernel, operands);
      return undefined;
    }
    const result = call(kernel, operands, one.options);
    const expected = call(reference[one.kernel] as Kernel<never>, one.operands(), one.options);
    const tolerance = expected.dtype === 'float32' ? Math.max(one.tolerance, least) : one.tolerance;
    const actual = await device.download(result);
    result.storage.dispose();
    checkResult(one, actual, expected, tolerance);
    checkUntouched(one, operands);
  } catch (cause) {
    if (isDeviceRefusal(cause)) return cause.message;
    throw cause;
  }
  return undefined;
}
