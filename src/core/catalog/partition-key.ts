/** Partition values as the text they are stored under: in order of the values, and a prefix for a prefix of them. */

const END = '\0'

/** Each value ends with a NUL; inside a value NUL and SOH are written as two characters that keep the order. */
export function encodeValues(values: readonly string[]): string {
  return values.map((value) => `${value.replaceAll('\x01', '\x01\x02').replaceAll('\0', '\x01\x01')}${END}`).join('')
}

/** Without the first `skipped` of them. */
export function decodeValues(key: string, skipped = 0): string[] {
  const values = key.split(END)
  values.pop()
  return (skipped > 0 ? values.slice(skipped) : values).map((value) =>
    value.includes('\x01') ? value.replaceAll('\x01\x01', '\0').replaceAll('\x01\x02', '\x01') : value,
  )
}

/** Above every key that begins with these values, and below all that follow: SOH is the least that follows a NUL. */
export function pastValues(leading: readonly string[]): string {
  return `${encodeValues(leading).slice(0, -1)}\x01`
}

/** The same of the first `count` values of a key. */
export function pastFirst(key: string, count: number): string {
  let end = -1
  for (let i = 0; i < count; i++) end = key.indexOf(END, end + 1)
  return `${key.slice(0, end)}\x01`
}

/** Which of `total` segments a partition lies in: always the same one, and in large tables about as many in each. */
export function partitionSegment(values: readonly string[], total: number): number {
  // FNV-1a, with its bits mixed once more: keys that differ in the last digit only must not fall into step.
  let hash = 0x811c9dc5
  for (const sign of encodeValues(values)) hash = Math.imul(hash ^ sign.codePointAt(0)!, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b)
  return ((hash ^ (hash >>> 16)) >>> 0) % total
}
