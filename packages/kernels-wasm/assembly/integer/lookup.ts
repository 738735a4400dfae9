// Codes replaced by the entries of a table of 256 bytes; `flip` is 128 for signed codes, whose smallest comes first.
export function integerLookup(from: usize, to: usize, n: i32, table: usize, flip: u32): void {
  for (const end = from + <usize>n; from < end; from++) {
    store<u8>(to, load<u8>(table + <usize>(load<u8>(from) ^ flip)));
    to++;
  }
}
