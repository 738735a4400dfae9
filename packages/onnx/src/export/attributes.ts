import type { Tensor } from '@subbyte/tensor';

/** The value of an ONNX node attribute, tagged with its kind: ONNX tells 1 from 1.0. */
export type AttributeValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: Tensor };

/** Attributes of a node by name; `undefined` ones are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** A whole number or a boolean (0 or 1). */
export function int(value: number | boolean): AttributeValue {
  return { kind: 'int', value: Number(value) };
}

/** A float32. */
export function float(value: number): AttributeValue {
  return { kind: 'float', value };
}

/** Text. */
export function text(value: string): AttributeValue {
  return { kind: 'string', value };
}

/** Whole numbers. */
export function ints(value: readonly number[]): AttributeValue {
  return { kind: 'ints', value };
}

/** A tensor. */
export function tensorValue(value: Tensor): AttributeValue {
  return { kind: 'tensor', value };
}
