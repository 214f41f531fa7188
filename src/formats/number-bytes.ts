/** In two’s complement, the big end first, in as few bytes as hold it. */
export function numberBytes(value: bigint): Uint8Array {
  const bytes: number[] = []
  let left = value
  do {
    bytes.unshift(Number(left & 0xffn))
    left >>= 8n
  } while (!((left === 0n && bytes[0]! < 0x80) || (left === -1n && bytes[0]! >= 0x80)))
  return Uint8Array.from(bytes)
}
