/**
 * The order of keys, in the state store and in the listings of S3: by their UTF-8 bytes. JavaScript's `<` orders UTF-16
 * units, which differs only where a surrogate, half of a sign above U+FFFF, meets U+E000 to U+FFFF.
 */
export function compareKeys(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
