import { nearestNames } from '@subbyte/reconstruct';
import { QuantizeError } from './errors.ts';

/** Whether `name` fits `pattern`: an exact name, or one in which `*` stands for anything. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] as string;
  if (parts.length === 1) return first === name;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}

/**
 * Checks that every pattern fits some name.
 * @throws QuantizeError naming the pattern, its `role` and the nearest names.
 */
export function checkPatterns(
  role: string,
  patterns: readonly string[],
  names: readonly string[],
): void {
  for (const pattern of patterns) {
    if (names.some((name) => matches(pattern, name))) continue;
    throw new QuantizeError(
      `${role} "${pattern}": no layer has this name; the nearest are ${nearestNames(pattern, names)}`,
    );
  }
}
