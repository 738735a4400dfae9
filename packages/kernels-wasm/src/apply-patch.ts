/**
 * The bytes that `patch` (scripts/make-patch.mjs) makes of `base`: their number, then again and again how many bytes to add, those
 * bytes, how far to move in `base` from the end of the run before (twice, less 1 when backwards), and how many to copy from there. Numbers are
 * unsigned, seven bits to a byte, the lowest first.
 */
export function applyPatch(base: Uint8Array, patch: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 0;
  const read = (): number => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = patch[at++] as number;
      number |= (byte & 127) << shift;
      if (byte < 128) return number;
    }
  };
  const result = new Uint8Array(read());
  for (let [to, from] = [0, 0]; at < patch.length; ) {
    const added = read();
    result.set(patch.subarray(at, at + added), to);
    [at, to] = [at + added, to + added];
    const moved = read();
    from += moved & 1 ? -((moved + 1) >> 1) : moved >> 1;
    const copied = read();
    result.set(base.subarray(from, from + copied), to);
    [to, from] = [to + copied, from + copied];
  }
  return result;
}
