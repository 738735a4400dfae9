import { codeRange } from '@subbyte/quantizers';
import { scalar } from '@subbyte/tensor';
import { text } from './attributes.ts';
import { sameGrid, soleQuantizer } from './quantized-value.ts';
import type { Named, Writer } from './writer.ts';

/**
 * Pads the codes of `x` instead of its values, where both sides of the padding have the same grid
 * and the fill is a point of it: onnxruntime drops the quantizers around other moving operations,
 * but not around Pad. Returns whether it did.
 */
export function padCodes(
  writer: Writer,
  node: Named,
  x: string,
  y: string,
  pads: string,
  mode: string,
  fill: number,
): boolean {
  const held = writer.codes.get(x);
  const after = soleQuantizer(writer, y);
  if (!held || !after || !sameGrid(held.quantizer, after)) return false;
  const { quantizer } = held;
  const { min, max } = codeRange(quantizer);
  const code = fill / (quantizer.scale[0] ?? 1) + (quantizer.zeroPoint[0] ?? 0);
  if (!Number.isInteger(code) || code < min || code > max) return false;
  const value = writer.shared(`${y}_fill`, scalar(code, quantizer.signed ? 'int8' : 'uint8'));
  const padded = writer.name(`${y}_codes`);
  writer.node('Pad', [held.name, pads, value], [padded], { mode: text(mode) }, node.name);
  writer.codes.set(y, { name: padded, quantizer });
  return true;
}
