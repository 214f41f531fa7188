/** Values that a column may be too narrow for. */

/** A whole number of any length, big end first, in two's complement. */
export function signedBig(bytes: Uint8Array, start: number, end: number): bigint {
  if (start === end) return 0n
  let value = 0n
  for (let at = start; at < end; at++) value = (value << 8n) | BigInt(bytes[at]!)
  return BigInt.asIntN((end - start) * 8, value)
}

/** An unscaled decimal at another scale, halves rounded away from zero; undefined when it has too many digits then. */
export function fitDecimal(
  unscaled: bigint,
  scale: number,
  to: { readonly precision: number; readonly scale: number },
): bigint | undefined {
  let value = unscaled
  if (scale < to.scale) value *= 10n ** BigInt(to.scale - scale)
  else if (scale > to.scale) {
    const by = 10n ** BigInt(scale - to.scale)
    value = (value + (value < 0n ? -by : by) / 2n) / by
  }
  const limit = 10n ** BigInt(to.precision)
  return value < limit && value > -limit ? value : undefined
}

/** Where the first `length` characters of a text in UTF-8 end. */
export function fitText(bytes: Uint8Array, start: number, end: number, length: number): number {
  if (end - start <= length) return end
  let left = length
  let at = start
  for (; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80 && left-- === 0) break
  return at
}
