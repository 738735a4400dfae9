// How one module is made of another: they differ in a few hundred places, so the patch is a fiftieth of the module.

/** Shortest run of bytes that is copied. */
const shortest = 8;
/** Places of the base looked at for each run. */
const mostPlaces = 64;

/**
 * `next` as bytes to add and runs of `base` to copy; src/apply-patch.ts has the format.
 * @param {Uint8Array} base
 * @param {Uint8Array} next
 */
export function makePatch(base, next) {
  const keyAt = (bytes, at) => String.fromCharCode(...bytes.subarray(at, at + shortest));
  const places = new Map();
  for (let at = 0; at + shortest <= base.length; at++) {
    const key = keyAt(base, at);
    const known = places.get(key);
    if (!known) places.set(key, [at]);
    else if (known.length < mostPlaces) known.push(at);
  }
  const runFrom = (from, to) => {
    let length = 0;
    while (base[from + length] === next[to + length] && to + length < next.length) length++;
    return length;
  };
  const patch = [];
  const write = (number) => {
    for (; number > 127; number >>>= 7) patch.push((number & 127) | 128);
    patch.push(number);
  };
  write(next.length);
  let [added, expected] = [0, 0];
  const copy = (to, from, length) => {
    write(to - added);
    patch.push(...next.subarray(added, to));
    const moved = from - expected;
    write(moved < 0 ? -2 * moved - 1 : 2 * moved);
    write(length);
    [added, expected] = [to + length, from + length];
  };
  for (let to = 0; to + shortest <= next.length; ) {
    let best = { from: expected, length: runFrom(expected, to) };
    for (const from of places.get(keyAt(next, to)) ?? []) {
      const length = runFrom(from, to);
      if (length > best.length) best = { from, length };
    }
    if (best.length < shortest) to++;
    else {
      copy(to, best.from, best.length);
      to += best.length;
    }
  }
  copy(next.length, expected, 0);
  return Uint8Array.from(patch);
}
