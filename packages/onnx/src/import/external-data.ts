import type { TensorProto } from '@subbyte/onnx-proto';
import { OnnxError } from '../errors.ts';

/** Gives the bytes of a file beside the model. */
export type ExternalData = (location: string) => Uint8Array;

/**
 * Checks that `location` names a file inside the model's folder, whatever the system reads it.
 * @throws OnnxError for absolute paths, drive letters, `..`, backslashes and NUL.
 */
function checkLocation(location: string, tensor: string): void {
  const parts = location.split('/');
  const outside =
    location === '' ||
    /[\\\0:]/.test(location) ||
    parts.some((part) => part === '..' || part === '');
  if (outside) {
    throw new OnnxError(
      `tensor "${tensor}": external data at ${JSON.stringify(location)}, expected a path inside the model's folder`,
    );
  }
}

function count(text: string | undefined, key: string, tensor: string): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) {
    throw new OnnxError(`tensor "${tensor}": external data ${key} ${JSON.stringify(text)}`);
  }
  return value;
}

/**
 * The bytes of a tensor whose data lies in another file.
 * @throws OnnxError when the file lies outside the model's folder, cannot be had, or is too short.
 */
export function readExternal(tensor: TensorProto, read: ExternalData | undefined): Uint8Array {
  const name = tensor.name ?? '';
  const entries = new Map(tensor.externalData?.map(({ key, value }) => [key, value]));
  const location = entries.get('location') ?? '';
  checkLocation(location, name);
  if (!read) {
    throw new OnnxError(
      `tensor "${name}" lies in "${location}": pass externalData to read files beside the model`,
    );
  }
  const start = count(entries.get('offset'), 'offset', name) ?? 0;
  const length = count(entries.get('length'), 'length', name);
  const file = read(location);
  const end = length === undefined ? file.length : start + length;
  if (start > file.length || end > file.length) {
    throw new OnnxError(
      `tensor "${name}": bytes ${start} to ${end} of "${location}", which has ${file.length}`,
    );
  }
  return file.subarray(start, end);
}
