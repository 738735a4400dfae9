import type { Node } from '@subbyte/graph';

/** Bounds beyond which a value may be clamped without any reader noticing. */
export interface Window {
  readonly min: number;
  readonly max: number;
}

/** Where `node` stops telling its operands apart, or `undefined` when it tells all apart. */
function saturation(node: Node): Window | undefined {
  switch (node.op) {
    case 'relu':
      return { min: 0, max: Number.POSITIVE_INFINITY };
    case 'clip':
      return { min: node.attributes.min, max: node.attributes.max };
    case 'hardSwish':
      return { min: -3, max: Number.POSITIVE_INFINITY };
    case 'hardSigmoid': {
      const { alpha, beta } = node.attributes;
      return alpha > 0 ? { min: -beta / alpha, max: (1 - beta) / alpha } : undefined;
    }
    default:
      return undefined;
  }
}

/**
 * The window of `value` when all its readers saturate. Clamping to it costs nothing and the grid need
 * not cover what lies outside: hard swish reads everything below -3 as 0, say, so that half the codes
 * of a convolution's result before it would be wasted.
 */
export function windowOf(
  value: string,
  consumers: ReadonlyMap<string, readonly Node[]>,
  outputs: ReadonlySet<string>,
): Window | undefined {
  if (outputs.has(value)) return undefined;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const reader of consumers.get(value) ?? []) {
    const window = saturation(reader);
    if (!window) return undefined;
    min = Math.min(min, window.min);
    max = Math.max(max, window.max);
  }
  return min < max ? { min, max } : undefined;
}
