/** Gives each wanted name once: itself, or with `.1`, `.2` … behind it. `used` is added to. */
export function uniqueNames(used: Set<string>): (wanted: string) => string {
  const next = new Map<string, number>();
  return (wanted) => {
    let name = wanted;
    for (let i = next.get(wanted) ?? 1; used.has(name); i++) {
      name = `${wanted}.${i}`;
      next.set(wanted, i + 1);
    }
    used.add(name);
    return name;
  };
}
